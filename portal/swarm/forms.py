"""What a vote is sent with."""

from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.web.forms import StrictForm, no_controls, tidy

WITHDRAW = "withdraw"


class VoteForm(StrictForm):
    """kind: a vote, or `withdraw`. reason and sentence belong to a stop signal. where: which card to answer with.

    came: `inside` on a page that was opened from within the portal, not by a link from elsewhere.
    """

    kind = SelectField(
        "Vote",
        choices=[*(SelectChoice(kind.value, kind.words) for kind in VoteKind), SelectChoice(WITHDRAW, "Take it back")],
    )
    reason = SelectField(
        "Reason",
        choices=[SelectChoice("", ""), *(SelectChoice(reason.value, reason.words) for reason in StopReason)],
        default="",
    )
    sentence = StringField("In a sentence", filters=[tidy], validators=[no_controls], default="")
    where = HiddenField()
    came = HiddenField()

    def wanted(self) -> WantedVote:
        """The vote that was asked for."""
        if self.kind.data == WITHDRAW:
            return WantedVote(None)
        reason = StopReason(self.reason.data) if self.reason.data else None
        return WantedVote(VoteKind(self.kind.data), reason, self.sentence.data or "")
