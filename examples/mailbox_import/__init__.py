"""The parts of `import_mailbox.py`: reading mails, filing them, showing what became of them."""
