"""What the board says about the organisation's answers, worked out once a minute for everybody."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class BoardFacts(Base):
    """The strip, the sizes and the latest killed rules, as JSON. One row, written by the worker."""

    __tablename__ = "board_facts"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    facts: Mapped[str] = mapped_column(Text)
