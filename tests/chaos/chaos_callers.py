"""A caller: a thread that makes calls over HTTP, one after another, and writes down what it was told."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any, Self

import requests

from chaos_fleet import Fleet, Member
from chaos_shop import ADMIN, BOTS, KINDS, TILLS, Shop, Wave, secret
from functions.promo import Call, CheckCall, IssueCall, RedeemCall, Role, RollbackCall
from history import Op

_TIMEOUT_S = 12.0  # longer than the functions' own deadline
#: Words that settle nothing; the call is made again, sooner or later.
UNSETTLED = frozenset({"", "busy"})
_DUELS = 0.6
_CHANNELS = ("telegram", "site")


class Caller:
    """One thread's hands. What it does next follows from its seed and from what the others told it."""

    def __init__(self, number: int, seed: int, shop: Shop, fleet: Fleet) -> None:
        self.done: list[Op] = []
        self._name = f"c{number}"
        self._rng = random.Random(f"caller {seed} {number}")
        self._shop = shop
        self._fleet = fleet
        self._requests = 0
        self._last = ""
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def work(self) -> None:
        """Call until enough calls were made."""
        rng = self._rng
        while True:
            call = self._next()
            if rng.random() < 0.4:
                self._shop.echoes.append(call)
            op = self.call(call)
            while op is not None and (rng.random() < 0.1 or (op.word in UNSETTLED and rng.random() < 0.4)):
                op = self.call(self.again(call))  # at once, at another process
            if op is None:
                return

    def call(self, call: Call, *, extra: bool = False) -> Op | None:
        """Make a call and write it down; None if enough were made."""
        number = self._shop.take_number(extra=extra)
        if number is None:
            return None
        up = self._fleet.up()
        member = self._rng.choice([each for each in up if each.name != self._last] or up)
        self._last = member.name
        with self._shop.calling():
            began = time.monotonic()
            word, code, detail = self._ask(member, call)
            op = Op(number, call, began, time.monotonic(), word, code, f"{member.name} {detail}")
        self.done.append(op)
        if word in {"issued", "already_issued"} and isinstance(call, IssueCall):
            self._wave_of(call.campaign).issued.append((code, call))
            if word == "issued" and self._rng.random() < _DUELS:  # two want it at once, before anybody else knows it
                self._shop.echoes.extendleft(self._redeem_of(code, call) for _ in range(2))
        elif word == "redeemed" and isinstance(call, RedeemCall) and call.request_id:
            self._wave_of(call.campaign).redeemed.append(call)
        return op

    def calm_down(self) -> None:
        """From here on a connection for each call: an idle one may be closed in the very moment it is used again."""
        self._session.close()
        self._session.headers["Connection"] = "close"

    def again(self, call: Call, *, late: bool = False) -> Call:
        """A repeat. Without a Request ID most are a request of their own, and get a channel of their own to say so.

        A bot's is the same request for a minute, not *late*, on a code with one use.
        """
        if not isinstance(call, RedeemCall) or call.request_id:
            return call
        same = call.caller.role is Role.BOT and not late and not call.campaign.startswith("twice")
        return call if same else replace(call, channel=self._name_of_request())

    def _ask(self, member: Member, call: Call) -> tuple[str, str, str]:
        path, body = http_of(call)
        try:
            answer = self._session.post(
                member.url + path, json=body, headers={"X-Api-Key": secret(call.caller)}, timeout=_TIMEOUT_S
            )
            said = answer.json()
        except requests.RequestException as error:
            return "", "", type(error).__name__
        word = said.get("reason") or said["status"]
        return str(word), str(said.get("code") or ""), f"http {answer.status_code}"

    def _wave_of(self, text: str) -> Wave:
        number = text.rpartition(" ")[2]
        return self._shop.waves[int(number)]

    def _next(self) -> Call:
        rng = self._rng
        if self._shop.echoes and rng.random() < 0.4:
            try:
                call = self._shop.echoes.popleft()
            except IndexError:  # another thread was faster
                return self._next()
            return self._rival(call) if isinstance(call, RedeemCall) and rng.random() < 0.5 else self.again(call)
        wave = self._shop.wave(rng)
        chance = rng.random()
        if chance < 0.35 or not wave.issued:
            kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
            return IssueCall(rng.choice(BOTS), rng.choice(wave.subscribers), wave.campaign(kind), "Ann")
        if chance < 0.45:
            return self._check(wave)
        if chance < 0.6 and wave.redeemed:
            return self._rollback(wave)
        return self._redeem(wave)

    def _hot(self, wave: Wave) -> tuple[str, IssueCall]:
        """A code that somebody got, mostly one of the last few: others want it too."""
        codes = wave.issued[-8:] if self._rng.random() < 0.7 else wave.issued
        return self._rng.choice(codes)

    def _check(self, wave: Wave) -> Call:
        code, issued = self._hot(wave)
        caller = self._rng.choice((*BOTS, *TILLS))
        return CheckCall(caller, code, issued.subscriber_id if caller.role is Role.BOT else "")

    def _redeem(self, wave: Wave) -> RedeemCall:
        return self._redeem_of(*self._hot(wave))

    def _redeem_of(self, code: str, issued: IssueCall) -> RedeemCall:
        rng = self._rng
        caller = rng.choice((*BOTS, *TILLS, *TILLS, ADMIN))
        to_holder = caller.role is Role.BOT or issued.campaign.startswith("shared") or rng.random() < 0.2
        typed = code.lower().replace("-", " ") if rng.random() < 0.05 else code
        request_id = "" if rng.random() < 0.2 else self._name_of_request()
        return RedeemCall(
            caller,
            typed,
            issued.subscriber_id if to_holder else "",
            issued.campaign,
            channel=rng.choice(_CHANNELS) if request_id else self._name_of_request(),
            reference=f"order of {issued.subscriber_id}",
            request_id=request_id,
        )

    def _rival(self, call: RedeemCall) -> RedeemCall:
        """The same code, somebody else's request."""
        name = self._name_of_request()
        if call.caller.role is Role.BOT:  # without a Request ID the channel tells a bot's requests apart
            return replace(call, request_id=name, channel=call.channel if call.request_id else name)
        other = self._rng.choice(TILLS)
        return replace(call, caller=other, channel=other.name, request_id=name)

    def _rollback(self, wave: Wave) -> RollbackCall:
        """Of one of the last redemptions, by the till that made it or the admin."""
        redeemed = self._rng.choice(wave.redeemed[-10:])
        is_till = redeemed.caller.role is Role.TILL and self._rng.random() < 0.8
        caller = redeemed.caller if is_till else ADMIN
        return RollbackCall(caller, redeemed.code, caller.name, "", redeemed.request_id)

    def _name_of_request(self) -> str:
        self._requests += 1
        return f"{self._name}-{self._requests}"


def http_of(call: Call) -> tuple[str, dict[str, Any]]:
    """Path and body of a call."""
    fields = {name: getattr(call, name) for name in call.__dataclass_fields__ if name != "caller"}
    body = {name: value for name, value in fields.items() if value}
    kind = type(call).__name__.removesuffix("Call").lower()
    bot = call.caller.role is Role.BOT or kind == "issue"
    return f"/{'bot' if bot else 'till'}/{kind}", body
