"""One episode: a fresh sheet, a few processes, callers and staff, some dozens of operations, all from one seed.

weather on: callers ask, staff edit, requests are lost, processes die and are replaced
weather off: what was late lands; everybody who was left without an answer asks once more
the sheet is read one last time, and the checker judges
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checker import UNKNOWN, Allowances, Violation, violations
from cloud import LATE_S, Google
from functions import codes, standing
from functions.cells import tables_of
from functions.committer import Committer, Told
from functions.promo import Call, Caller, CheckCall, IssueCall, RedeemCall, Role, RollbackCall
from functions.snapshot import Snapshot
from history import History, Op
from instances import CODE_KEY, Cell, Instance, Weather
from scheduler import Scheduler
from staff import Staff

BOT = Caller("bot", Role.BOT)
TILL = Caller("till", Role.TILL)
#: A call on a code with several uses waits so long for a claim of another process, which the sheet cannot confirm.
_SEVERAL_USES_S = 30.0
_CAMPAIGNS: dict[str, dict[str, str | int]] = {
    "gen": {},
    "lim": {"total_limit": 2},
    "pool": {"code_source": "pool"},
    "two": {"uses_per_code": 2},
    "multi": {"codes_per_subscriber": 2},
    "sale": {"shared_code": "SALE-20", "total_limit": 3},
}


@dataclass
class Plan:
    """What an episode is like; `directed` sends one fault to one operation's moment as often as it can.

    With `passed_on` several callers ask for one subscriber's code at once, and whoever is told it first uses it, while
    its writer may still wait for its answer.
    """

    model: str
    operations: int = 60
    callers: int = 5
    processes: int = 2
    pause_s: float = 0.67
    faults: float = 0.05
    kills: bool = True
    staff_pace_s: float = 2.5
    staff_telling: float = 0.15
    staff_kinds: tuple[str, ...] = ()
    directed: Cell | None = None
    campaigns: tuple[str, ...] = ()
    subscribers: int = 5
    ready_codes: int = 3
    share_issue: float = 0.45
    share_rollback: float = 0.0
    passed_on: bool = False


@dataclass
class Result:
    """What came of an episode."""

    seed: int
    plan: Plan
    history: History
    violations: list[Violation]
    hits: Counter[Cell]
    words: Counter[str]
    reports: list[str]
    requests: int
    duplicate_stamps: int
    ties: int = 0
    forgotten: int = 0


@dataclass
class Episode:
    """The run itself."""

    seed: int
    plan: Plan
    make: Callable[..., Committer] = Committer
    prepare: Callable[[Google], None] = lambda _google: None
    history: History = field(default_factory=History)

    def run(self) -> Result:
        """Play it to the end and judge it."""
        scheduler = self.scheduler = Scheduler(self.seed)
        self.chance = scheduler.chance
        self.google = Google(scheduler, self.plan.model, history=self.history)
        self.prepare(self.google)
        self.weather = Weather(
            self.plan.faults, kills=self.plan.kills, tardy=self.plan.passed_on, directed=self.plan.directed
        )
        self.known: list[tuple[str, str, str]] = []  # code, campaign, subscriber
        self.requests: dict[str, RedeemCall] = {}
        self.left = self.plan.operations
        self.calling = self.plan.callers
        self.lost_times: set[int] = set()
        self.lost_words = False
        self.born = 0
        self.dead_reports: list[str] = []
        self._set_up()
        self.instances = [self._start() for _ in range(self.plan.processes)]
        self.staff = Staff(self.google, self.history, self.plan.staff_pace_s, self.plan.staff_telling)
        self.staff.kinds = self.plan.staff_kinds
        for _ in range(self.plan.callers):
            scheduler.spawn(self._caller)
        scheduler.spawn(self.staff.work)
        scheduler.run()
        self._settle()
        scheduler.run()
        self._wait_out()
        scheduler.run()
        self.history.final = self._seen()
        return self._result()

    def _seen(self) -> Snapshot:
        """What the sheet says to somebody who knows everybody that was forgotten."""
        calls = [op.call for op in self.history.ops]
        ids, requests = ({getattr(call, name, "") for call in calls} - {""} for name in ("subscriber_id", "request_id"))
        known = {each: codes.pseudonym(CODE_KEY, "subscriber", each) for each in ids}
        named = {each: codes.pseudonym(CODE_KEY, "request", each) for each in requests}
        return Snapshot(tables_of(self.google.reading()).recalled(known, named))

    def _set_up(self) -> None:
        names = list(self.plan.campaigns) or self.chance.sample(list(_CAMPAIGNS), 2)
        for name in names:
            self.google.type_row("campaigns", campaign=name, **_CAMPAIGNS[name])
        for number in range(self.plan.ready_codes if "pool" in names else 0):
            self.google.type_row("pool", code=f"READY-{number}", campaign="pool")
        self.names = names

    def _start(self) -> Instance:
        self.born += 1
        skew = self.chance.choice((0, 0, -90_000, 45_000, 700_000))
        instance = Instance(f"p{self.born}", self.google, self.weather, skew, self.make)
        instance.on_death = self._buried
        return instance

    def _buried(self, instance: Instance) -> None:
        self.lost_times |= {int(time) for time in instance.port.patching} | instance.port.unseen_patches()
        self.lost_words = self.lost_words or instance.port.unseen_words()
        self.dead_reports += instance.reports
        self.instances[self.instances.index(instance)] = self._start()

    def _caller(self) -> None:
        while self.left > 0:
            self.left -= 1
            op = self._ask(self._choose())
            if self.plan.passed_on and isinstance(op.call, IssueCall) and op.word in {"issued", "already_issued"}:
                self._ask(self._use(op.code, op.code, op.call.campaign, op.call.subscriber_id))
            self.scheduler.suspend(self.chance.expovariate(1 / self.plan.pause_s))
        self.calling -= 1
        if not self.calling:
            self.staff.done = True

    def _ask(self, call: Call, detail: str = "") -> Op:
        instance = self.chance.choice(self.instances)
        self.google.note(f"{len(self.history.ops)}: {instance.name} is asked {call} {detail}")
        began = self.scheduler.now
        number = len(self.history.ops)
        # The place is taken at once: an operation that is under way may still have an effect.
        self.history.ops.append(Op(number, call, began, float("inf"), "", detail=detail))
        told = instance.submit(call)
        word, code = (told.outcome.word, told.outcome.code) if isinstance(told, Told) else ("", "")
        op = Op(number, call, began, self.scheduler.now, word, code, f"{detail}{instance.name}")
        self.history.ops[number] = op
        self.google.note(f"{number}: told {word} {code}")
        if isinstance(call, IssueCall) and word == "issued":
            self.known.append((code, call.campaign, call.subscriber_id))
        if word in UNKNOWN and not detail and self._may_repeat(call) and self.chance.random() < 0.5:
            self.scheduler.suspend(self.chance.uniform(0.0, 4.0))
            self._ask(call, "again ")
        return op

    def _may_repeat(self, call: Call) -> bool:
        """A redemption without a Request ID is a repeat for 60 seconds, of a bot, for a code with one use."""
        window = isinstance(call, RedeemCall) and call.caller is BOT and not self._has_several_uses(call.code)
        return _names_itself(call) or window

    def _has_several_uses(self, typed: str) -> bool:
        return any(campaign == "two" and codes.fold(code) == codes.fold(typed) for code, campaign, _ in self.known)

    def _choose(self) -> Call:
        chance = self.chance
        kind = chance.random()
        if kind < self.plan.share_issue or not self.known:
            asked = self.history.ops[-1].call if self.plan.passed_on and self.history.ops else None
            if isinstance(asked, IssueCall) and chance.random() < 0.5:
                return asked
            return IssueCall(BOT, f"s{chance.randrange(self.plan.subscribers)}", chance.choice(self.names))
        code, campaign, subscriber = chance.choice(self.known[-4:])
        kind = 0.55 if chance.random() < self.plan.share_rollback else chance.uniform(0.45, 1.0)
        if kind < 0.52:
            return CheckCall(TILL, code)
        if kind < 0.62 and self.requests:
            redeemed = chance.choice(list(self.requests.values())[-6:])
            return RollbackCall(TILL, redeemed.code, "till", request_id=redeemed.request_id)
        if kind < 0.68 and self.requests:
            return chance.choice(list(self.requests.values())[-6:])
        typed = code.lower() if chance.random() < 0.3 else code
        if kind < 0.76:
            return RedeemCall(BOT, typed, subscriber_id=subscriber, channel=f"bot-{len(self.history.ops)}")
        if kind < 0.80 and campaign != "sale":  # a till that names no request: each call is one
            return RedeemCall(TILL, typed, channel="counter", reference=f"o{len(self.history.ops)}")
        return self._use(code, typed, campaign, subscriber)

    def _use(self, code: str, typed: str, campaign: str, subscriber: str) -> RedeemCall:
        name = f"{code}-r{self.chance.randrange(4)}"
        held_by = subscriber if campaign == "sale" else ""
        call = RedeemCall(TILL, typed, subscriber_id=held_by, channel="till", request_id=f"{name}{held_by}")
        return self.requests.setdefault(call.request_id, call)

    def _settle(self) -> None:
        """Everything lands; then each call that is still without an answer is repeated once."""
        self.weather.calm = True
        self.staff.done = True
        self.scheduler.at(self.scheduler.now + LATE_S + 30, lambda: None)
        self.scheduler.run()
        for instance in self.instances:  # whoever projected looks once more
            self.scheduler.spawn(lambda instance=instance: instance.submit(CheckCall(TILL, "none")))  # type: ignore[misc]
        self.scheduler.run()
        latest = {repr(op.call): op for op in sorted(self.history.ops, key=lambda op: op.ended)}
        left = [op for op in latest.values() if op.word in UNKNOWN and _names_itself(op.call)]
        undoing = {op.call.request_id for op in left if isinstance(op.call, RollbackCall)}  # not beside its redemption
        asked: Counter[str] = Counter()
        for op in [op for op in left if not (isinstance(op.call, RedeemCall) and op.call.request_id in undoing)][:12]:
            code = getattr(op.call, "code", "")
            pause = _SEVERAL_USES_S * asked[codes.fold(code)] if self._has_several_uses(code) else 0.0
            asked[codes.fold(code)] += 1
            self.scheduler.spawn(lambda call=op.call, pause=pause: self._settle_one(call, pause))  # type: ignore[misc]

    def _settle_one(self, call: Call, pause: float) -> None:
        if pause:
            self.scheduler.suspend(pause)
        self._ask(call, "settle ")

    def _wait_out(self) -> None:
        """A code that staff put over Total limit makes others wait until nothing of theirs can be withdrawn any more.

        If it was not staff's, S8 says so; a tie (H20) is given then, which S8 would take for one too many.
        """
        if self.google.duplicate_stamps:
            return
        snapshot = self._seen()
        for op in self._stuck():
            if isinstance(op.call, IssueCall) and self._is_over_limit(snapshot, op.call.campaign):
                self.scheduler.spawn(lambda call=op.call: self._settle_one(call, standing.OLD_MS / 1000))  # type: ignore[misc]

    def _is_over_limit(self, snapshot: Snapshot, name: str) -> bool:
        limits = [campaign.total_limit for campaign in snapshot.campaigns(name)]
        return any(limit is not None and snapshot.count_issued(name) > limit for limit in limits)

    def _stuck(self) -> list[Op]:
        """The last answer to each call that was asked again in the end, if it is none."""
        asked = {repr(op.call): op for op in self.history.ops if op.detail.startswith("settle")}
        return [op for op in asked.values() if op.word in {"", "busy"}]

    def _is_forgotten(self, call: Call) -> bool:
        """True if staff deleted or retyped what the call is about."""
        gone = {edit.code for edit in self.history.edits if edit.kind == "forget"}
        if not isinstance(call, IssueCall):
            return codes.fold(call.code) in gone
        assert self.history.final is not None
        rows = self.history.final.rows_of_subscriber(call.subscriber_id, call.campaign)
        return any(codes.fold(row.code) in gone for row in rows)

    def _result(self) -> Result:
        overlapped = self.google.duplicate_stamps > 0
        stale = self.plan.model == "stale"
        allow = Allowances(
            ties=overlapped, times=frozenset(self.lost_times), words=self.lost_words or stale, old_news=stale
        )
        found = violations(self.history, allow)
        stuck = self._stuck()
        excused = overlapped or bool(self.lost_times)
        found += [
            Violation("L", f"{op.call} is still {op.word or 'unanswered'}", (op.number,))
            for op in stuck
            if not excused and not self._is_forgotten(op.call)
        ]
        found += [
            Violation("L", f"{name} was sent {count} times without an answer")
            for name, count in self.google.tries.items()
            if count > 3
        ]
        reports = [*self.dead_reports, *(line for instance in self.instances for line in instance.reports)]
        found += [Violation("error", line) for line in reports if "the sheet is broken" not in line]
        requests = sum(instance.committer._requests.total() for instance in self.instances)
        words = Counter(op.word for op in self.history.ops)
        return Result(
            self.seed,
            self.plan,
            self.history,
            found,
            self.weather.hits,
            words,
            reports,
            requests,
            self.google.duplicate_stamps,
            len(stuck),
            self.google.edits.count("forget person"),
        )


def _names_itself(call: Call) -> bool:
    """True for a call that may be repeated at any time."""
    return not isinstance(call, RedeemCall) or bool(call.request_id)


def play(seed: int, plan: Plan, **more: object) -> Result:
    """Run one episode."""
    return Episode(seed, replace(plan), **more).run()  # type: ignore[arg-type]
