"""The words that speak of each barrier, by how much one of them weighs. Pure."""

from portal.ideas.words import Barrier

# Regular expressions between word boundaries. A phrase that can hardly mean anything else weighs 3 or 4,
# a common word 1.
# fmt: off
WORDS: dict[Barrier, dict[int, tuple[str, ...]]] = {
    Barrier.SYSTEMS: {
        3: ("crm", "billing system",),
        2: ("systems?", "screens?", "log(?:ged|ging)? ?(?:in|out|on)s?", "tabs?", r"crash\w*",
            r"freez\w*|frozen|froze", r"password\w*", "copy and paste",
            r"retype\w*|re-type\w*|type it (?:in )?(?:again|twice)", "drop-?downs?", "data ?base", "software",),
        1: ("slow", "windows?", "copy|paste", "fields?", "tools?", "button", "portal", "app",),
    },
    Barrier.PROCESSES: {
        2: ("process(?:es)?", "hand(?:ed|ing)? ?(?:over|off)s?", "back office",),
        1: (r"transfer\w*", "queues?", "waits?|waiting", r"approv\w+", "sign-?offs?", "departments?",
            "pass(?:ed)? (?:on|around|between|to)", "call(?:s|ed)? (?:us )?back", "chas(?:e|ed|ing)",
            "refunds?",),
    },
    Barrier.PROCEDURES: {
        3: ("procedures?", "scripts?|scripted", "verbatim", "word for word",),
        2: ("steps?", "check-?lists?", "forms?", "read (?:out|aloud|it out|them)", "wrap-?up", "greetings?",
            "security questions?", "disclaimers?", "paperwork",),
        1: (r"verif\w+", "signature", "questions?",),
    },
    Barrier.POLICIES: {
        3: ("polic(?:y|ies)", "notice period",),
        2: ("fees?", "contracts?", "goodwill", "limits?", "terms", r"waive\w*", r"charg\w+", "compensation",
            "consent", "account holder", r"penalt\w+", "discounts?",),
        1: ("rules?", "not allowed", "credits?", "exceptions?", r"authori[sz]\w+",),
    },
    Barrier.TECHNOLOGY: {
        3: (r"technolog\w+", "headsets?", "lap ?tops?", "vpn", "chat ?bots?|bots?", "ivr",
            "phone (?:menu|tree|system)", "hardware", "voice recognition",),
        2: ("menu", "monitors?|mouse|keyboards?|computers?|pcs?", "line drops?|dropped calls?|calls? drops?",
            "audio|microphones?|echo", "equipment",),
        1: ("wi-?fi", r"automat\w+", "text messages?|sms",),
    },
    Barrier.HIRING: {
        3: ("hir(?:e|ed|es|ing)", r"recruit\w*", r"vacanc\w+", "job (?:ad|advert|title|description)s?",
            "candidates?",),
        2: (r"interview\w*", "under-?staffed|short-?staffed", "head-?count", "temps?|agency staff|agency",
            "probation", "turnover|attrition", "probationary",),
        1: ("new starters?",),
    },
    Barrier.TRAINING: {
        3: ("train(?:ed|ing|er|ers)?", "induction", "e-?learning", "nobody (?:taught|showed)", "refresher",),
        2: ("courses?", r"taught|teach\w*", "onboarding", "coach(?:ed|ing)?", "class ?room", "modules?",
            "never (?:been )?shown",),
        1: (r"buddy|shadow\w*",),
    },
    Barrier.MANAGEMENT: {
        3: (r"micro-?manag\w+",),
        2: ("manage(?:r|rs|ment)", "supervisors?", "team leaders?|leaders?", "boss(?:es)?", "one-?to-?ones?",
            "nobody (?:listens|answers|asks)", r"disciplin\w+",),
        1: (r"escalat\w+", "meetings?", "trust(?:ed|s)?", r"director\w*|executives?",),
    },
    Barrier.GOALS: {
        3: ("goals?", "bonus(?:es)?", "commission", r"incentiv\w+", "quotas?", r"upsell\w*",),
        2: ("targets?", "sell(?:ing)?|sales?", "offer (?:them )?(?:a|the) (?:upgrade|bundle)",),
        1: ("competition|league table",),
    },
    Barrier.OBJECTIVES: {
        4: ("objectives?", "okrs?",),
        3: (r"strateg\w+",),
        2: (r"priorit\w+", "vision|mission", "appraisals?|annual review",),
        1: ("direction", "what (?:we|it) (?:is|are) for",),
    },
    Barrier.QUALITY_ASSURANCE: {
        4: ("qa", "mark(?:ed|s)? (?:me |us |you )?down", r"auto-?fail\w*",),
        3: ("quality", "score ?cards?", "call (?:listening|scoring)", r"calibrat\w+",
            "fail(?:s|ed)? (?:the|a|my) call",),
        2: ("monitored", "assess(?:ed|ment|ments|or|ors)", "points? off", "scor(?:e|ed|ing)",),
        1: ("say (?:their|the) name",),
    },
    Barrier.FORECASTING: {
        4: (r"forecast\w*",),
        2: (r"predict\w*", "volumes?", "spikes?|peaks?", "bill(?:ing)? (?:day|run)", "campaigns?",
            "mail(?:ing|shot|out)s?", "planning team|planners?", "nobody told (?:us|planning)",),
        1: ("monday mornings?", "busy",),
    },
    Barrier.SCHEDULING: {
        3: (r"schedul\w+", "rot(?:a|as|er|ers|ered)", "overtime", "adherence", "late shift",),
        2: ("shifts?", "breaks?", r"lunch\w*", "swap(?:s|ped|ping)?",
            "annual leave|time off|days? off|holidays?",),
        1: ("weekends?", "finish(?:ing)? (?:time|at)", "staffing",),
    },
    Barrier.MEASUREMENTS: {
        4: ("kpis?", "aht", "handl(?:e|ing) times?", "nps|csat", "call length",),
        3: (r"measur\w+", "metrics?", "surveys?", "count(?:s|ed)? (?:as|against)",),
        2: ("average", "statistics?|stats", "dash ?boards?", "timer",),
        1: ("report(?:ing|s)?", "repeat calls?", "clock",),
    },
    Barrier.KNOWLEDGE: {
        3: ("knowledge", "find (?:the )?(?:answer|information)s?", "wiki|intranet",
            "before we (?:do|did|know|knew)",),
        2: ("knowledge base", "articles?", "out of date|outdated", "look(?:ed|ing)? (?:it |this )?up",
            "search(?:ed|ing|es)?", "nobody (?:told us|knows)", "news|bulletins?", "never seen it",),
        1: ("information", "letters?", r"explain\w*", "website", "documents?",),
    },
}
# fmt: on
assert set(WORDS) == set(Barrier)
