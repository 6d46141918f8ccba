"""What `make audit` measures: pages by Lighthouse and the Nu HTML checker, on installations served as in production."""
