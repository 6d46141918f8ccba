"""The organisation tree, people, what they may do, and how they get in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.people.roles import CodePurpose, PlaceKind, Role


class Origin(StrEnum):
    """How a person came to be here. Demo mode refuses to start where somebody real exists."""

    DEMO = "demo"
    IMPORTED = "imported"
    CREATED = "created"
    CONVERSATION = "conversation"


def initials(name: str) -> str:
    """At most two letters of a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class Place(Base):
    """A node of the tree: organisation ▸ partner ▸ site ▸ team. A partner is an employer of its own."""

    __tablename__ = "places"
    __table_args__ = (
        Index("uq_places_parent_name", "parent_id", "name", unique=True),
        Index("uq_places_one_organisation", "kind", unique=True,
              sqlite_where=text("kind = 'organisation'"), postgresql_where=text("kind = 'organisation'")),
        CheckConstraint("(kind = 'organisation') = (parent_id IS NULL)", name="only_the_top_has_no_parent"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PlaceKind] = mapped_column(Word(PlaceKind))
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    path: Mapped[str] = mapped_column(String(80), unique=True)  # "/1/4/9/": every node above and itself
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # organisation or partner
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # itself for a site
    timezone: Mapped[str | None] = mapped_column(String(64))


class Person(Base):
    """Somebody who works here, with or without an e-mail address."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR staff_number IS NOT NULL", name="has_a_way_to_sign_in"),
        CheckConstraint("manager_id IS NULL OR manager_id <> id", name="is_not_their_own_manager"),
        Index("ix_people_active_place", "place_id", "deactivated_at"),
        Index("ix_people_left", "deactivated_at",  # whose duties are to be given to somebody
              sqlite_where=text("deactivated_at IS NOT NULL"), postgresql_where=text("deactivated_at IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # casefolded
    staff_number: Mapped[str | None] = mapped_column(String(40), unique=True)  # casefolded
    job_title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    auth_epoch: Mapped[int] = mapped_column(default=0, server_default="0")  # raised when rights change
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]

    @property
    def active(self) -> bool:
        """False once the person has left."""
        return self.deactivated_at is None

    @property
    def initials(self) -> str:
        """At most two letters for the round picture."""
        return initials(self.name)


class Grant(Base):
    """A role, held on a node of the tree and everything below it."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("uq_grants_held", "person_id", "role", "place_id", unique=True,
              sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # Held on behalf of somebody for as long as that delegation runs; None for a right of one's own.
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegations.id"), index=True)


class SignIn(Base):
    """One signed-in browser. The cookie holds the token, the row its SHA-256; ending the row signs out."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    auth_epoch: Mapped[int]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(120))
    network: Mapped[str] = mapped_column(String(64))  # truncated address
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(40))


class SignInFailure(Base):
    """A failed sign-in, kept to slow the next one down. `account` is a keyed hash of what was typed."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_account_at", "account", "at"),
        Index("ix_sign_in_failures_network_at", "network", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class OneTimeCode(Base):
    """A secret that opens one door once. Only its hash is stored."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        Index("uq_one_time_codes_open", "person_id", "purpose", unique=True,
              sqlite_where=text("used_at IS NULL AND cancelled_at IS NULL"),
              postgresql_where=text("used_at IS NULL AND cancelled_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[CodePurpose] = mapped_column(Word(CodePurpose))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class PeopleImport(Base):
    """A file of people: what was sent, what the dry run said, and whether it was applied."""

    __tablename__ = "people_imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON: counts


class ApiToken(Base):
    """A key to the interface for one person's programs. Only its hash is stored; it says less than the person may."""

    __tablename__ = "api_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    shown_start: Mapped[str] = mapped_column(String(12))  # what a list shows of it
    shown_end: Mapped[str] = mapped_column(String(4))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(400))  # words with a space between
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the command line
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]  # a day, not a moment: enough to find the ones nobody needs


class KeptAnswer(Base):
    """What a POST with an idempotency key was answered, kept for a day: sent again, it is answered the same."""

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("person_id", "route", "key", name="uq_kept_answers_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    route: Mapped[str] = mapped_column(String(200))  # method and path
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """What somebody with power did, or was refused. Append-only (triggers)."""

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(60))
    detail: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON, no secrets
