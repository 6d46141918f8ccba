"""Loads the fictional organisation through the same verbs that the pages use, each at its own time in the past."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal.commitments import service as commitments
from portal.db import db
from portal.demo import content
from portal.demo.people import Crowd, make_crowd
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.swarm import scores
