"""What the tool asks of the interface beyond its own checks. Loaded by the tool itself, in its own process."""

import schemathesis
from schemathesis.core.failures import Failure

NOT_AS_DOCUMENTED = (400, 413, 415)


@schemathesis.check
def what_the_document_allows_is_read(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """What follows the document is never refused for its form.

    It may still be refused for what it says, for example a place that does not exist, with a code of its own: the
    tool's own check of the same kind cannot tell the two apart, because both are a 422.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    form = response.status_code == 422 and response.json().get("error") == "invalid"
    if form or response.status_code in NOT_AS_DOCUMENTED:
        raise Failure(
            operation=case.operation.label,
            title="What the document allows is refused for its form",
            message=response.text[:1000],
        )
