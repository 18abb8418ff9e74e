"""Staff at work, between any two requests: what they do to the sheet, and which of it changes what is true."""

from __future__ import annotations

from collections.abc import Callable

from cloud import Google
from functions import codes, guard
from history import Edit, History
from instances import CODE_KEY
from scheduler import Scheduler

#: Edits that change nothing that is true.
HARMLESS = (
    "sort",
    "insert row",
    "delete blank row",
    "move row",
    "insert column",
    "move column",
    "delete column",
    "rename header",
    "set number back",
    "respell code",
)
#: Edits that do: the checker has to know them.
TELLING = ("void", "used", "retype", "retype code", "delete code", "delete redemption", "add row", "campaign")


class Staff:
    """Edits at random moments until `done`."""

    def __init__(self, google: Google, history: History, pace_s: float, share_telling: float = 0.15) -> None:
        self.google = google
        self.history = history
        self.pace_s = pace_s
        self.share_telling = share_telling
        self.kinds: tuple[str, ...] = ()
        self.done = False
        self.added = 0

    def work(self) -> None:
        """The life of a task."""
        scheduler = self.google.scheduler
        while not self.done:
            scheduler.suspend(scheduler.chance.expovariate(1 / self.pace_s))
            if not self.done:
                self.edit()

    def edit(self, kind: str = "") -> None:
        """Do one thing."""
        scheduler: Scheduler = self.google.scheduler
        if not kind:
            kinds = TELLING if scheduler.chance.random() < self.share_telling else HARMLESS
            kind = scheduler.chance.choice(self.kinds or kinds)
        if "column" in kind and not self._is_quiet():
            kind = "sort"
        does: Callable[[], bool] = getattr(self, f"_{kind.replace(' ', '_')}")
        if does():
            self.google.note(f"    staff: {kind} {self.history.edits[-1:] if kind in TELLING else ''}")
            self.google.edits.append(kind)
            self.google.change()

    def _is_quiet(self) -> bool:
        """Wait a little for a moment without a write under way; a column that is moved in one spoils a row (README)."""
        for _ in range(40):
            if self.google.is_quiet and self.google.model != "stale":  # there a read may be of before it
                return True
            self.google.scheduler.suspend(0.05)
        return False

    def _tell(self, kind: str, code: str = "", campaign: str = "") -> bool:
        now = self.google.scheduler.now
        self.history.edits.append(Edit(kind, now, now, codes.fold(code), campaign))
        return True

    def _tab(self) -> str:
        return self.google.scheduler.chance.choice(("codes", "codes", "redemptions", "campaigns"))

    def _sort(self) -> bool:
        tab = self.google.tabs[self._tab()]
        chance = self.google.scheduler.chance
        if tab is self.google.tabs["campaigns"] or chance.random() < 0.3:
            rows = list(range(tab.size))
            chance.shuffle(rows)
        else:
            cells = tab.cells[chance.choice(tab.order)]
            rows = sorted(
                range(tab.size), key=lambda row: (str(cells[row]) == "", str(cells[row])), reverse=chance.random() < 0.5
            )
        tab.permute(rows)
        return True

    def _insert_row(self) -> bool:
        tab = self.google.tabs[self._tab()]
        tab.insert(self.google.scheduler.chance.randint(0, tab.size))
        return True

    def _delete_blank_row(self) -> bool:
        tab = self.google.tabs[self._tab()]
        blank = [row for row in range(tab.size) if not any(cells[row] != "" for cells in tab.cells.values())]
        tab.permute([row for row in range(tab.size) if row not in blank[:1]])
        return bool(blank)

    def _move_row(self) -> bool:
        tab = self.google.tabs[self._tab()]
        if not tab.size:
            return False
        chance = self.google.scheduler.chance
        rows = list(range(tab.size))
        rows.insert(chance.randrange(tab.size), rows.pop(chance.randrange(tab.size)))
        tab.permute(rows)
        return True

    def _insert_column(self) -> bool:
        tab = self.google.tabs[self._tab()]
        if len(tab.order) < 20:
            tab.add_column(self.google.scheduler.chance.randint(0, len(tab.order)))
        return True

    def _move_column(self) -> bool:
        tab = self.google.tabs[self._tab()]
        chance = self.google.scheduler.chance
        tab.order.insert(chance.randrange(len(tab.order)), tab.order.pop(chance.randrange(len(tab.order))))
        return True

    def _delete_column(self) -> bool:
        """One of their own; without a column of ours the sheet is broken, which is tested elsewhere."""
        tab = self.google.tabs[self._tab()]
        own = [name for name in tab.order if name.startswith("staff ")]
        if own:
            tab.remove_column(self.google.scheduler.chance.choice(own))
        return bool(own)

    def _rename_header(self) -> bool:
        return True  # columns are found by their metadata: sheet.py looks again, which costs this port nothing

    def _set_number_back(self) -> bool:
        chance, number = self.google.scheduler.chance, self.google.number
        lower = int(number) if isinstance(number, int | float) else 0
        self.google.number = chance.choice(("", "?", max(0, lower - chance.randint(1, 5)), 0))
        return True

    def _some_code(self) -> int | None:
        """A row of Promo codes that holds a code; a shared one is left alone, it is not one row."""
        tab = self.google.tabs["codes"]
        rows = [row for row in range(tab.size) if tab.cells["code"][row] not in {"", "SALE-20"}]
        return self.google.scheduler.chance.choice(rows) if rows else None

    def _status(self, word: str, kind: str) -> bool:
        row = self._some_code()
        if row is None:
            return False
        cells = self.google.tabs["codes"].cells
        if cells["status"][row] == word:
            return False
        cells["status"][row] = word
        code = str(cells["code"][row])
        claims = self.google.tabs["redemptions"].cells
        withdrawn = any(
            event == "withdrawn" and codes.fold(str(claimed)) == codes.fold(code)
            for event, claimed in zip(claims["event"], claims["code"], strict=True)
        )
        twins = (
            each
            for each, other in zip(cells["status"], cells["code"], strict=True)
            if codes.fold(str(other)) == codes.fold(code)
        )
        kind = "void" if "void" in twins else kind  # two rows of one code are one code
        return self._tell("forget" if withdrawn else kind, code)  # a word on a withdrawn row is of no code

    def _void(self) -> bool:
        return self._status("void", "void")

    def _used(self) -> bool:
        return self._status("used", "used")

    def _retype(self) -> bool:
        return self._status(self.google.scheduler.chance.choice(("unused", "Unused ", "", "not yet")), "forget")

    def _respell_code(self) -> bool:
        """The same code in other letters."""
        row = self._some_code()
        if row is not None:
            cells = self.google.tabs["codes"].cells["code"]
            spelt = str(cells[row])
            cells[row] = self.google.scheduler.chance.choice((spelt.lower(), spelt.upper(), f" {spelt}"))
        return row is not None

    def _retype_code(self) -> bool:
        """Another code: the old one is gone, and the new one has what its row shows."""
        row = self._some_code()
        if row is None:
            return False
        self.added += 1
        cells = self.google.tabs["codes"].cells["code"]
        old, cells[row] = str(cells[row]), f"TYPED-{self.added}"
        self._tell("forget", str(cells[row]))
        return self._tell("forget", old)

    def _delete_code(self) -> bool:
        row = self._some_code()
        if row is None:
            return False
        tab = self.google.tabs["codes"]
        code = str(tab.cells["code"][row])
        tab.permute([each for each in range(tab.size) if each != row])
        return self._tell("forget", code)

    def _delete_redemption(self) -> bool:
        tab = self.google.tabs["redemptions"]
        if not tab.size:
            return False
        row = self.google.scheduler.chance.randrange(tab.size)
        code, time = str(tab.cells["code"][row]), tab.cells["time"][row]
        tab.permute([each for each in range(tab.size) if each != row])
        marked = self.google.tabs["codes"].cells  # a mark that went astray is now a word of staff's
        for other, used_on in zip(marked["code"], marked["used_on"], strict=True):
            if used_on == time != "":
                self._tell("forget", str(other))
        return self._tell("forget", code)

    def _add_row(self) -> bool:
        self.added += 1
        code = f"HAND-{self.added}"
        self.google.type_row("codes", code=code, campaign="gen", subscriber_id=f"h{self.added}")
        return True

    def _forget_person(self) -> bool:
        """What `promosheet subscriber forget` leaves, in one batch with its stamp: no fact changes."""
        cells = [self.google.tabs[tab].cells["subscriber_id"] for tab in ("codes", "redemptions")]
        known = {str(cell) for column in cells for cell in column} - {""}
        ids = sorted(each for each in known if not each.startswith(codes.FORGOTTEN))
        if not ids:
            return False
        person = self.google.scheduler.chance.choice(ids)
        requests = self.google.tabs["redemptions"].cells["request_id"]
        told = {str(each) for owner, each in zip(cells[1], requests, strict=True) if owner == person}
        telling = {each for each in told if person in each and not each.startswith(codes.FORGOTTEN)}
        hidden = {each: codes.pseudonym(CODE_KEY, "request", each) for each in telling}
        requests[:] = [hidden.get(str(each), each) for each in requests]
        for column in cells:
            column[:] = [codes.pseudonym(CODE_KEY, "subscriber", person) if each == person else each for each in column]
        number = max(guard.read_number(self.google.number) or 0, guard.newest(self.google.stamps.items()))
        stamp = guard.next_stamp(number)
        self.google.stamps[stamp.metadata_id] = stamp.key
        self.google.number = stamp.number
        return True

    def _campaign(self) -> bool:
        tab = self.google.tabs["campaigns"]
        rows = [row for row in range(tab.size) if tab.cells["campaign"][row]]
        row = self.google.scheduler.chance.choice(rows)
        tab.cells["active"][row] = "" if tab.cells["active"][row] else "no"
        return self._tell("campaign", campaign=str(tab.cells["campaign"][row]))
