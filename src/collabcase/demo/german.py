"""Die Vorführung auf Deutsch."""

from __future__ import annotations

from collabcase.demo.words import Scene, Words

GERMAN = Words(
    portfolio="Bestand Hamburg",
    teambox="Schaden",
    subjects={
        "a1": "Lkw im Hof angefahren",
        "a2": "Neuer Anhänger ab Montag",
        "b1": "Wasserschaden, Police 4711",
        "b2": "Reparatur des Krans",
        "ga": "Flottenvertrag verlängern",
        "gb": "Cyberversicherung",
    },
    texts={
        "a1": "Unser Lkw 7 wurde im Hof angefahren. Welches Formular brauchen Sie?",
        "a2": "Bitte versichern Sie den neuen Anhänger ab Montag.",
        "b1": "Rohrbruch auf der Baustelle Elbstraße, Police 4711. Was soll ich schicken?",
        "b2": "Die Rechnung für die Reparatur des Krans ist unterwegs.",
        "ga": "Bitte schicken Sie mir das Angebot zur Verlängerung des Flottenvertrags.",
        "gb": "Wir denken über eine Cyberversicherung nach. Können wir sprechen?",
    },
    question_subject="Police 4711: Wann ist das Rohr gebrochen?",
    question="Der Versicherer fragt, an welchem Tag das Rohr gebrochen ist.",
    answer="In der Nacht auf Montag; der Wachdienst hat es um vier bemerkt.",
    title="collabcase: wer wessen Nachrichten sieht",
    intro=(
        "Ein Hamburger Makler betreut zwei Kunden, A und B. Jeder Kunde hat zwei Sachbearbeiter und eine "
        "Geschäftsführung. Alles, was Sie hier sehen, hat eben eine echte Datenbank geantwortet."
    ),
    people=Scene(
        "Die Beteiligten",
        "Die Sachbearbeiter stehen je Kunde in einer Hauptfreischaltung, die Geschäftsführer in GF. Die weitere "
        "Freischaltung B+ verbindet die Sachbearbeiter von B mit ihrem eigenen Geschäftsführer. Wo das Häkchen "
        "„Vorgänge teilen“ gesetzt ist, sehen die Mitglieder die Nachrichten der anderen.",
    ),
    person_columns=("", "Name", "arbeitet bei", "in", "schreibt wegen"),
    group_columns=("Freischaltung", "Art", "Vorgänge teilen", "Mitglieder"),
    main="Haupt",
    secondary="weitere",
    sees=Scene(
        "Wer wessen Nachrichten sieht",
        "Alle sechs haben eine Nachricht an die Teambox „{teambox}“ des Maklers geschrieben. Dann wurde jeder "
        "gefragt, welche der sechs er sieht. Geteilt wird nur einen Schritt weit: Was ich über eine Kollegin sehe, "
        "sehen meine übrigen Kollegen dadurch nicht.",
    ),
    corner="sieht ↓ von →",
    ask_first=Scene(
        "Erst fragen: die Vorschau",
        "{clerk} vom Makler darf Freischaltungen verwalten. Bevor ein Häkchen fällt, fragt {clerk}, wer dadurch "
        "wie viele Nachrichten mehr oder weniger sähe.",
    ),
    preview_columns=("ohne das Häkchen bei", "wer mehr (+) oder weniger (−) Nachrichten sähe"),
    nobody="niemand",
    unticked=Scene(
        "Ein Häkchen weniger",
        "Jetzt nimmt {clerk} die Häkchen wirklich weg, eines nach dem anderen, und setzt sie danach wieder. "
        "{lost} zeigt, was verloren ging: sofort weg und sofort wieder da.",
    ),
    without="ohne {group}",
    again="Bevor {group} das Häkchen zurückbekommt, sagt die Vorschau: {changes}.",
    warning="Und sie warnt: Leute von {organisations} würden miteinander teilen.",
    listed=" und ",
    why=Scene("Warum sehe ich das?", "Die Nachricht von {writer}, und was jeder Leser auf diese Frage erfährt."),
    own="{verb}",
    by_group="Mitglied von {groups}: {verb}",
    by_peer="teilt {groups} mit {who}, und {who} {verb}",
    verbs={
        "sender": "hat sie gesendet",
        "recipient": "hat sie bekommen",
        "sent_for": "wurde bei ihr vertreten",
    },
    group_verbs={"recipient": "dorthin ging sie", "observer": "dorthin ging eine Kopie"},
    steps_in=Scene(
        "Ein Kollege antwortet",
        "{clerk} fragt {asked} nach dem Wasserschaden. {asked} ist nicht da, also antwortet {writer} in Vertretung, "
        "mit Kopie an die Teambox „{teambox}“. Vor dem Senden fragt {writer}, wer das lesen könnte.",
    ),
    because_of=("genannt ist", "wer die Nachricht deshalb lesen könnte"),
    audience_roles={
        "sender": "Absender {who}",
        "sent_for": "in Vertretung für {who}",
        "recipient": "Empfänger {who}",
        "observer": "Kopie an {who}",
    },
    some_group="noch eine",
    others="dazu {count} ({writer} nicht bekannt)",
    answered="Gesendet. In der Antwort steht: Absender {sender}, in Vertretung für {sent_for}. Was davon jeder sieht:",
    only_answer="Nur die Antwort, nicht die Frage, sehen {readers}. Fragen sie, warum, erfahren sie:",
    excerpt_columns=("Leser", "Frage", "Antwort", "der Talk zeigt"),
    shown="{count} von 2 Nachrichten",
    not_there="nichts: nicht gefunden",
    one_main=Scene(
        "Nur eine Hauptfreischaltung",
        "{clerk} versucht, {person} zusätzlich in die Hauptfreischaltung {group} zu kopieren.",
    ),
    moving="{person} stattdessen dorthin zu verschieben hieße laut Vorschau: {changes}.",
    allowed="nicht verweigert",
    hidden=Scene(
        "Was man nicht sehen darf, gibt es nicht",
        "{reader} verlangt eine Nachricht von {writer}, danach eine, die es nie gab.",
    ),
    asked_hidden="gesendet von {writer}",
    asked_unknown="nie gesendet",
    look=Scene(
        "Selbst nachsehen",
        "Die Datenbank gehört jetzt Ihnen: {file}\n"
        "Darin stehen {people} Personen, {groups} Freischaltungen, {messages} Nachrichten und {events} Ereignisse.",
    ),
    commands="Der Posteingang von {person}; setzen Sie ein, wen Sie wollen:",
    errors={
        "already_in_main_group": (
            "Schon in einer Hauptfreischaltung: {persons}. Jeder ist in höchstens einer Hauptfreischaltung eines "
            "Bestands. Verschieben Sie die Person, oder nehmen Sie eine weitere Freischaltung, wenn es nur um die "
            "Sicht geht (Regel G1)."
        ),
        "not_found": (
            "Die Nachricht „{id}“ gibt es hier nicht. Prüfen Sie die Kennung, und ob sie zu diesem Bestand gehört "
            "(Regel V12)."
        ),
    },
)
