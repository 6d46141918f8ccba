"""A simulated portal in which a rule of ranking and promotion is tried before it ships: `python -m bench.swarm`.

`world` holds who and what there is, `behaviour` how people react, with every assumption as a number; `baselines` and
`sayso` order ideas, `running` lets the people visit, `brigades` pushes poor ideas, `measures` and `report` judge.
Behaviour is assumed, not observed: the figures compare rules under the same assumptions and predict no portal.
"""
