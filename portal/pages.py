"""Every blueprint of every capability, in two lists: pages, and the interface."""

from flask import Blueprint
from flask_openapi3 import APIBlueprint


def blueprints() -> tuple[Blueprint, ...]:
    """All pages. Imported when an application is made: importing this module loads no capability."""
    from portal.commitments import relapse_views
    from portal.commitments import views as commitments
    from portal.home import (
        api_pages,
        card_views,
        health,
        my_ideas_views,
        pages,
        programme_views,
        search_views,
        similar_views,
        story_views,
    )
    from portal.home import views as home
    from portal.ideas import import_views, moderation_views, rule_record_edit_views, rule_record_views, talk_views
    from portal.ideas import views as ideas
    from portal.impact import views as impact
    from portal.ledger import views as ledger
    from portal.metrics import views as metrics
    from portal.people import (
        absence_views,
        calendar_views,
        views_admin,
        views_audit,
        views_codes,
        views_imports,
        views_keys,
    )
    from portal.people import views as people
    from portal.rewards import views as rewards
    from portal.swarm import (
        alarm_views,
        looks_views,
        merge_views,
        occurrence_views,
        parameter_views,
        sampling_views,
        stop_views,
    )
    from portal.swarm import views as swarm
    from portal.triage import again_views, answerer_views
    from portal.triage import views as triage

    return (
        health.bp, pages.bp, home.bp, search_views.bp, similar_views.bp, card_views.bp, api_pages.bp,
        programme_views.bp, my_ideas_views.bp, story_views.bp,
        people.bp, views_codes.bp, views_admin.bp, views_imports.bp, views_keys.bp, views_audit.bp,
        calendar_views.bp, absence_views.bp, answerer_views.bp,
        ideas.bp, talk_views.bp, moderation_views.bp, import_views.bp, rule_record_views.bp,
        rule_record_edit_views.bp, swarm.bp, stop_views.bp, parameter_views.bp, alarm_views.bp, sampling_views.bp,
        merge_views.bp, looks_views.bp,
        triage.bp, commitments.bp, impact.bp, metrics.bp,
        ledger.bp, rewards.bp, occurrence_views.bp, relapse_views.bp, again_views.bp,
    )  # fmt: skip


def interface() -> tuple[APIBlueprint, ...]:
    """All operations under `/api/v1`, in the order of the document."""
    from portal.commitments import api as commitments
    from portal.commitments import api_relapses
    from portal.home import api as home
    from portal.home import api_search, my_ideas_api, programme_api
    from portal.ideas import api as ideas
    from portal.ideas import api_comments, api_moderation, api_rules
    from portal.ideas import api_imports as idea_imports
    from portal.impact import api as impact
    from portal.ledger import api as ledger
    from portal.metrics import api as metrics
    from portal.people import api as self_
    from portal.people import api_audit, api_imports, api_people, api_places
    from portal.rewards import api as wallet
    from portal.swarm import api as swarm
    from portal.swarm import (
        api_merges,
        api_occurrences,
        api_oversight,
        api_parameters,
        api_promotions,
        api_stops,
        looks_api,
    )
    from portal.triage import api as triage
    from portal.triage import api_again

    return (
        self_.bp, home.bp, my_ideas_api.bp, programme_api.bp,
        api_search.bp, ideas.bp, api_comments.bp, idea_imports.bp, swarm.bp, api_stops.bp,
        looks_api.bp, api_rules.bp, api_moderation.bp, api_promotions.bp, api_oversight.bp, api_parameters.bp,
        api_merges.bp, api_occurrences.bp, triage.bp, api_again.bp, commitments.bp, api_relapses.bp, impact.bp,
        metrics.bp,
        wallet.bp, ledger.bp, api_people.bp, api_places.bp, api_imports.bp, api_audit.bp,
    )  # fmt: skip
