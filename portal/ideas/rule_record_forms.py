"""What can be sent about a rule."""

from typing import Any

from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput

from portal.errors import DomainError
from portal.ideas.forms import a_choice
from portal.ideas.rule_record_words import (
    ADDRESS_CHARS_MAX,
    DEPARTMENT_CHARS_MAX,
    LEGAL_CHARS_MAX,
    REASON_CHARS_MAX,
    SOURCE_CHARS_MAX,
    TITLE_CHARS_MAX,
    WORDING_CHARS_MAX,
    LegalBasis,
    NewVerdict,
    RuleFacts,
    VerdictKind,
)
from portal.ideas.words import Audience, Barrier
from portal.keys import KEY_MAX
from portal.web.fields import DayField
from portal.web.forms import StrictForm, no_controls, one_line, tidy

SCOPES = ("Everybody", "One employer", "One site, or several")
BROKEN = "This form is broken. Open the page again."


def at_most(most: int) -> Any:
    """A validator for the length of a text."""

    def check(form: Any, field: Any) -> None:
        if len(field.data or "") > most:
            raise ValidationError(f"That is {len(field.data):,} characters. Shorten it to {most}.")

    return check


def a_line(label: str, most: int) -> StringField:
    """One line of at most so many characters."""
    return StringField(label, filters=[tidy], validators=[at_most(most), one_line], render_kw={"maxlength": most})


def a_text(label: str, most: int) -> TextAreaField:
    """Some lines of at most so many characters."""
    keywords = {"maxlength": most, "rows": 3}
    return TextAreaField(label, filters=[tidy], validators=[at_most(most), no_controls], render_kw=keywords)


def a_hidden_number(name: str) -> IntegerField:
    """A number that the page was made with."""
    checks = [InputRequired(BROKEN), NumberRange(0, KEY_MAX, BROKEN)]
    return IntegerField(name, widget=HiddenInput(), validators=checks)


class RuleForm(StrictForm):
    """What is known about a rule."""

    title = a_line("What do you call this rule?", TITLE_CHARS_MAX)
    says = a_text("What does it say?", WORDING_CHARS_MAX)
    barrier = a_choice(SelectField, "What kind of rule is it?", Barrier)
    scope = RadioField("For whom does it hold?", choices=[])
    employer = SelectField("Which employer?", validators=[Optional()])
    sites = SelectMultipleField(
        "Which sites?", coerce=str, option_widget=CheckboxInput(), validators=[Optional()], validate_choice=True
    )
    owner = SelectField("Who owns it?", validators=[Optional()])
    department = a_line("Which department?", DEPARTMENT_CHARS_MAX)
    source = a_line("Where is it written?", SOURCE_CHARS_MAX)
    source_url = a_line("Address of that document", ADDRESS_CHARS_MAX)
    legal_basis = a_choice(SelectField, "What stands behind it?", LegalBasis, default=LegalBasis.UNKNOWN.value)
    legal_words = a_line("Which law, or whose contract?", LEGAL_CHARS_MAX)
    reviewed_on = DayField("When was it last reviewed?", validators=[Optional()])
    version = HiddenField(default="0")

    def offer(self, owners: Any, sites: Any, employers: Any) -> None:
        """Fill the lists."""
        self.scope.choices = [SelectChoice(word.value, label) for word, label in zip(Audience, SCOPES, strict=True)]
        self.sites.choices = [SelectChoice(str(site.id), site.name) for site in sites]
        self.employer.choices = [SelectChoice("", "My own"), *(SelectChoice(str(e.id), e.name) for e in employers)]
        people = (SelectChoice(str(p.id), f"{p.name}, {p.job_title}" if p.job_title else p.name) for p in owners)
        self.owner.choices = [SelectChoice("", "Nobody knows yet"), *people]

    def validate_version(self, field: Any) -> None:
        """A number that the page was made with."""
        if not (field.data or "0").isascii() or not (field.data or "0").isdigit():
            raise ValidationError(BROKEN)

    @property
    def facts(self) -> RuleFacts:
        """What was sent."""
        return RuleFacts(
            title=self.title.data or "", says=self.says.data or "", barrier=Barrier(self.barrier.data),
            owner_id=_number(self.owner.data), department=self.department.data or "", source=self.source.data or "",
            source_url=self.source_url.data or "", legal_basis=LegalBasis(self.legal_basis.data),
            legal_words=self.legal_words.data or "", reviewed_on=self.reviewed_on.data,
            scope=Audience(self.scope.data), employer_id=_number(self.employer.data),
            site_ids=tuple(int(site) for site in self.sites.data or ()),
        )  # fmt: skip


class JoinForm(StrictForm):
    """A rule that has a record."""

    rule = a_hidden_number("rule")


class LeaveForm(StrictForm):
    """Nothing but the button."""


class VerdictForm(StrictForm):
    """How the rule ends."""

    kind = RadioField("What becomes of it?", choices=[
        SelectChoice(VerdictKind.KILLED.value, "Killed: it is gone"),
        SelectChoice(VerdictKind.CHANGED.value, "Changed: it says something else"),
        SelectChoice(VerdictKind.KEPT.value, "Kept: it stays, for a reason"),
        SelectChoice(VerdictKind.NEVER_WAS.value, "Never was a rule: people only believed so"),
        SelectChoice(VerdictKind.LOCAL_HABIT.value, "Local habit: one site does it, nobody asked for it"),
    ])  # fmt: skip
    effective_on = DayField("From which day on? (killed or changed)", validators=[Optional()])
    old_wording = a_text("What held until then (killed or changed)", WORDING_CHARS_MAX)
    new_wording = a_text("What we may say and do from then on (changed; killed if there is something to say)",
                         WORDING_CHARS_MAX)  # fmt: skip
    reason = a_text("Why (needed unless it is killed or changed)", REASON_CHARS_MAX)
    legal_basis = SelectField("What stands behind it? (kept)", validators=[Optional()])
    site = SelectField("At which site? (local habit)", validators=[Optional()])
    why_again = a_text("There was a verdict. Why is it decided again?", REASON_CHARS_MAX)
    after = a_hidden_number("after")

    def offer(self, sites: Any) -> None:
        """Fill the lists."""
        self.site.choices = [SelectChoice("", "Choose a site"), *(SelectChoice(str(s.id), s.name) for s in sites)]
        words = (SelectChoice(basis.value, basis.label) for basis in LegalBasis)
        self.legal_basis.choices = [SelectChoice("", "As it is known"), *words]

    @property
    def verdict(self) -> NewVerdict:
        """What was sent."""
        return NewVerdict(
            VerdictKind(self.kind.data), self.reason.data or "", self.effective_on.data, self.old_wording.data or "",
            self.new_wording.data or "", LegalBasis(self.legal_basis.data) if self.legal_basis.data else None,
            _number(self.site.data), self.after.data or 0, self.why_again.data or "",
        )  # fmt: skip


def mark(form: StrictForm, refusal: DomainError) -> dict[str, str]:
    """Put a refusal to the fields that are at fault; what belongs to none is returned for the summary."""
    for name, sentence in refusal.fields.items():
        form[name].errors = [sentence]
    return {} if refusal.fields else {"": refusal.message}


def _number(text: str | None) -> int | None:
    return int(text) if text else None
