"""The demo in English."""

from __future__ import annotations

from collabcase.demo.words import Scene, Words

ENGLISH = Words(
    portfolio="Hamburg portfolio",
    teambox="Claims",
    subjects={
        "a1": "Lorry hit in the yard",
        "a2": "New trailer from Monday",
        "b1": "Water damage, policy 4711",
        "b2": "Repair of the crane",
        "ga": "Renewal of the fleet cover",
        "gb": "Cyber insurance",
    },
    texts={
        "a1": "Lorry 7 was hit while parked in our yard. Which form do you need?",
        "a2": "Please insure the new trailer from Monday on.",
        "b1": "A burst pipe at the site on Elbstraße, policy 4711. What should I send?",
        "b2": "The invoice for the repair of the crane is on its way.",
        "ga": "Please send me the offer for renewing the fleet cover.",
        "gb": "We are thinking about cyber insurance. Could we talk?",
    },
    question_subject="Policy 4711: when did the pipe burst?",
    question="The insurer asks on which day the pipe burst.",
    answer="On Sunday night; the night watch noticed at four.",
    title="collabcase: who may see whose messages",
    intro=(
        "A broker in Hamburg works for two clients, A and B. Each client has two clerks and a manager. "
        "Whatever you see below was answered by a real database a moment ago."
    ),
    people=Scene(
        "Who they are",
        "The clerks are in a main group per client, the managers in GF. The secondary group B+ joins "
        "client B's clerks with their own manager. A ticked box «share cases» lets the members of a group see "
        "each other's messages.",
    ),
    person_columns=("", "name", "works for", "groups", "writes about"),
    group_columns=("group", "kind", "share cases", "members"),
    main="main",
    secondary="secondary",
    sees=Scene(
        "Who sees whose messages",
        "Each of the six wrote one message to the broker's teambox “{teambox}”. Then each was asked which of the "
        "six messages they see. Sharing goes one step: what I see through a colleague, my other colleagues don't.",
    ),
    corner="sees ↓ of →",
    ask_first=Scene(
        "Ask first: the preview",
        "The broker's clerk {clerk} may manage groups. Before touching a box, {clerk} asks who would see how many "
        "messages more or fewer.",
    ),
    preview_columns=("if this box is unticked", "who sees more (+) or fewer (−) messages"),
    nobody="nobody",
    unticked=Scene(
        "One box fewer",
        "Now {clerk} does it, one box at a time, and ticks it again afterwards. {lost} marks what was lost; it is "
        "gone at once, and back at once.",
    ),
    without="{group} unticked",
    again="Before ticking {group} again, the preview says: {changes}.",
    warning="It also warns: people of {organisations} would share with each other.",
    listed=" and ",
    why=Scene("Why do I see this?", "The message of {writer}, and what each reader is told when they ask."),
    own="you {verb}",
    by_group="you are in {groups}, which {verb}",
    by_peer="you share {groups} with {who}, who {verb}",
    verbs={"sender": "sent it", "recipient": "received it", "sent_for": "had it sent in their place"},
    group_verbs={"recipient": "received it", "observer": "was copied on it"},
    steps_in=Scene(
        "A colleague answers",
        "{clerk} asks {asked} about the water damage. {asked} is away, and {writer} answers in their place, with a "
        "copy to the teambox “{teambox}”. Before sending, {writer} asks who would be able to read it.",
    ),
    because_of=("named on it", "who could read it because of that"),
    audience_roles={
        "sender": "sender {who}",
        "sent_for": "in place of {who}",
        "recipient": "recipient {who}",
        "observer": "copy to {who}",
    },
    some_group="another group",
    others="and {count} not known to {writer}",
    answered="Sent. The answer says: sender {sender}, sent for {sent_for}. This is what each of them sees of the talk:",
    only_answer="{readers} see the answer and not the question. When they ask why, they are told:",
    excerpt_columns=("reader", "question", "answer", "the talk shows"),
    shown="{count} of 2 messages",
    not_there="nothing: NotFound",
    one_main=Scene("One main group each", "{clerk} tries to copy {person} into the main group {group} as well."),
    moving="Moving {person} there instead, says the preview, would mean: {changes}.",
    allowed="not refused",
    hidden=Scene(
        "What you may not see does not exist",
        "{reader} asks for a message of {writer}'s, then for one that was never sent.",
    ),
    asked_hidden="sent by {writer}",
    asked_unknown="never sent",
    look=Scene(
        "Look for yourself",
        "The database is yours now: {file}\n"
        "It holds {people} people, {groups} groups, {messages} messages and {events} events.",
    ),
    commands="Read the inbox as {person}, or put in anybody else:",
    errors={},
)
