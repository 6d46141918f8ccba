"""Every blueprint of every capability, in two lists: pages, and the interface."""

from flask import Blueprint

from portal.web.api_blueprint import Operations


def blueprints() -> tuple[Blueprint, ...]:
    """All pages. Imported when an application is made: importing this module loads no capability."""
    return (*_of_people_and_ideas(), *_of_answers(), *_of_the_frontline())


def _of_people_and_ideas() -> tuple[Blueprint, ...]:
    """Who one is, what was said, and how the swarm carries it."""
    from portal.home import (
        api_pages,
        card_views,
        health,
        leaving_views,
        my_ideas_views,
        pages,
        programme_views,
        search_views,
        similar_views,
        story_views,
        thanks_views,
    )
    from portal.home import views as home
    from portal.home import worker_views as worker
    from portal.ideas import (
        bulletin_views,
        import_views,
        moderation_views,
        rule_record_edit_views,
        rule_record_views,
        talk_views,
    )
    from portal.ideas import views as ideas
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

    return (
        health.bp, pages.bp, home.bp, search_views.bp, similar_views.bp, card_views.bp, api_pages.bp,
        programme_views.bp, my_ideas_views.bp, story_views.bp, thanks_views.bp,
        leaving_views.bp, worker.bp, people.bp, views_codes.bp,
        views_admin.bp, views_imports.bp, views_keys.bp, views_audit.bp, calendar_views.bp, absence_views.bp,
        ideas.bp, talk_views.bp, moderation_views.bp, import_views.bp, rule_record_views.bp, rule_record_edit_views.bp,
        bulletin_views.bp,
    )  # fmt: skip


def _of_answers() -> tuple[Blueprint, ...]:
    """What is answered, promised, measured, paid and told."""
    from portal.commitments import floor_views, relapse_views, work_views
    from portal.commitments import views as commitments
    from portal.home import wallet_prospects
    from portal.impact import flags_views, plan_views, rollout_views, self_check_views
    from portal.impact import views as impact
    from portal.ledger import views as ledger
    from portal.metrics import definition_views, import_views, notes_views
    from portal.metrics import views as metrics
    from portal.notices import unsubscribe_views
    from portal.notices import views as notices
    from portal.notices import webhook_views as webhooks
    from portal.rewards import (
        budget_views,
        controls_views,
        payroll_views,
        prospects,
        redemption_views,
        shop_manage_views,
        shop_views,
    )
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
    from portal.triage import (
        again_views,
        answerer_views,
        ask_views,
        lane_views,
        local_fix_views,
        moves_views,
        reply_views,
        seat_views,
    )
    from portal.triage import views as triage

    prospects.ask(wallet_prospects.found_for)
    return (
        swarm.bp, stop_views.bp, parameter_views.bp, alarm_views.bp, sampling_views.bp, merge_views.bp, looks_views.bp,
        occurrence_views.bp, triage.bp, moves_views.bp, ask_views.bp, again_views.bp, answerer_views.bp, lane_views.bp,
        reply_views.bp, local_fix_views.bp, commitments.bp, relapse_views.bp, work_views.bp, floor_views.bp, impact.bp,
        flags_views.bp, self_check_views.bp, plan_views.bp, rollout_views.bp, metrics.bp, definition_views.bp,
        import_views.bp, notes_views.bp, ledger.bp, rewards.bp, budget_views.bp, controls_views.bp, notices.bp,
        unsubscribe_views.bp, webhooks.bp, shop_views.bp, shop_manage_views.bp, redemption_views.bp, payroll_views.bp,
        seat_views.bp,
    )  # fmt: skip


def _of_the_frontline() -> tuple[Blueprint, ...]:
    """Shifts, what surprised executives there, what they tell everybody, and who speaks for whom."""
    from portal.frontline import (
        attendance_views,
        briefing_views,
        broadcast_views,
        buddy_views,
        debrief_becoming_views,
        debrief_views,
        insight_moderation_views,
        insight_views,
        pattern_views,
        slot_views,
    )
    from portal.frontline import calendar_views as shift_calendar
    from portal.frontline import floor_views as shift_floor_views
    from portal.frontline import representative_views as representatives
    from portal.frontline import shift_page_views as shifts

    return (
        shifts.bp, shift_calendar.bp, slot_views.bp, pattern_views.bp, buddy_views.bp, briefing_views.bp,
        attendance_views.bp, shift_floor_views.bp, debrief_views.bp, debrief_becoming_views.bp, insight_views.bp,
        insight_moderation_views.bp,
        broadcast_views.bp, representatives.bp,
    )  # fmt: skip


def interface() -> tuple[Operations, ...]:
    """All operations under `/api/v1`, in the order of the document."""
    from portal.commitments import api as commitments
    from portal.commitments import api_floor, api_relapses, api_work
    from portal.home import api as home
    from portal.home import api_leaving, api_search, my_ideas_api, programme_api, thanks_api, thanks_moderation_api
    from portal.home import worker_api as worker
    from portal.ideas import api as ideas
    from portal.ideas import api_bulletins, api_comments, api_moderation, api_rules
    from portal.ideas import api_imports as idea_imports
    from portal.impact import api as impact
    from portal.impact import api_verdicts, flags_api, plan_api
    from portal.ledger import api as ledger
    from portal.metrics import api as metrics
    from portal.metrics import api_notes as metric_notes
    from portal.notices import api as notices
    from portal.notices import webhook_api as webhooks
    from portal.people import api as self_
    from portal.people import api_absences, api_audit, api_calendars, api_imports, api_people, api_places
    from portal.rewards import api as wallet
    from portal.rewards import api_budgets, api_controls, api_reward_settings, payroll_api, redemption_api, shop_api
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
    from portal.triage import api_again, api_clock, api_moves, lane_api, local_fix_api, seat_api

    return (
        self_.bp, home.bp, api_search.bp, ideas.bp, api_comments.bp, idea_imports.bp, swarm.bp, api_stops.bp,
        notices.bp, my_ideas_api.bp, programme_api.bp, looks_api.bp, api_rules.bp, api_moderation.bp,
        api_promotions.bp, api_oversight.bp, api_parameters.bp, api_merges.bp, api_occurrences.bp, triage.bp,
        api_moves.bp, api_again.bp, lane_api.bp, commitments.bp, api_relapses.bp, local_fix_api.bp, impact.bp,
        api_verdicts.bp, flags_api.bp, plan_api.bp, metrics.bp, metric_notes.bp, api_bulletins.bp, api_floor.bp,
        wallet.bp, ledger.bp, api_people.bp, api_places.bp,
        api_imports.bp, api_audit.bp, webhooks.bp, worker.bp, api_calendars.bp, api_absences.bp, api_clock.bp,
        api_work.bp, api_leaving.bp, api_budgets.bp, api_controls.bp, api_reward_settings.bp,
        shop_api.bp, redemption_api.bp, payroll_api.bp, thanks_api.bp, thanks_moderation_api.bp,
        seat_api.bp, *_interface_of_the_frontline(),
    )  # fmt: skip


def _interface_of_the_frontline() -> tuple[Operations, ...]:
    from portal.frontline import (
        api_debriefs,
        api_insights,
        attendance_api,
        briefing_api,
        broadcast_api,
        broadcast_outcomes_api,
        buddy_api,
        floor_api,
        insight_moderation_api,
        pattern_api,
        slot_api,
    )
    from portal.frontline import calendar_api as shift_calendar
    from portal.frontline import representative_api as representatives
    from portal.frontline import shift_page_api as shifts

    return (
        shifts.bp, slot_api.bp, pattern_api.bp, buddy_api.bp, briefing_api.bp, attendance_api.bp, floor_api.bp,
        shift_calendar.bp, api_debriefs.bp, api_insights.bp, insight_moderation_api.bp, broadcast_api.bp,
        broadcast_outcomes_api.bp, representatives.bp,
    )  # fmt: skip
