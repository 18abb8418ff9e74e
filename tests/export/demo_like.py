"""A spreadsheet as a shop has it after a month: tidy rows, a few mistakes."""

from __future__ import annotations

import random
from typing import Any

from local_sheet import Staff
from shop import put

TEXTS = {
    "en": {
        "names": ("Anna Berg", "John Smith", "Maria Lopez", "Peter Novak", "Elizabeth Montgomery-Hughes"),
        "campaigns": ("Spring", "Welcome gift", "Birthday", "Black Friday", "Everyone"),
        "channels": ("main-street", "web-shop", "airport kiosk"),
    },
    "ru": {
        "names": ("Анна Берг", "Иван Смирнов", "Мария Лопес", "Пётр Новак", "Екатерина Константинопольская"),
        "campaigns": ("Весна", "Подарок новичку", "День рождения", "Чёрная пятница", "Для всех"),
        "channels": ("Тверская", "сайт", "киоск в аэропорту"),
    },
}
SOURCES = ("", "pool", "generated", "", "shared")


def fill(staff: Staff, today: int) -> None:
    chance, code = random.Random(1), staff.language.code
    texts, words = TEXTS[code], staff.language.words
    campaigns = []
    for number, (name, source) in enumerate(zip(texts["campaigns"], SOURCES, strict=True)):
        row: dict[str, Any] = {
            "campaign": name,
            "code_source": words.get(source, ""),
            "discount": f"{5 + 5 * number} %",
        }
        row |= {
            "active": words["no"] if number == 3 else words["yes"],
            "valid_days": 30,
            "total_limit": 500 if number == 2 else "",
        }
        row |= {"shared_code": "HELLO10" if source == "shared" else "", "starts_on": today - 30, "remind_days": 3}
        row |= {"message": staff.language.example["message"] if number == 0 else "", "ends_on": today + 60}
        campaigns.append(row)
    put(staff, "campaigns", campaigns)
    codes, redemptions = [], []
    for number in range(160):
        campaign = chance.choice(texts["campaigns"])
        issued = today - 30 + number * 30 / 160 + chance.random() / 5
        ends = int(issued) + chance.choice([10, 20, 30, 45])
        row = {
            "code": f"VESNA-{number:05}-7K2QM" if campaign != texts["campaigns"][4] else "HELLO10",
            "campaign": campaign,
        }
        row |= {"subscriber_id": str(184900 + number), "name": chance.choice(texts["names"]), "platform": "bothelp"}
        row |= {"issue_date": issued, "expiration_date": ends, "status": words["unused"], "delivery": "sent"}
        if chance.random() < 0.45:
            used = min(issued + chance.random() * 6, today + 0.4 + chance.random() / 10)
            channel = chance.choice(texts["channels"])
            row |= {"status": words["used"], "used_on": used, "usage_channel": channel}
            claim = {
                "time": used,
                "code": row["code"],
                "event": words["redeemed"],
                "usage_channel": channel,
                "by": channel,
            }
            redemptions.append(
                claim
                | {"subscriber_id": row["subscriber_id"], "reference": f"A-{1000 + number}", "claim": f"k{number}"}
            )
        elif chance.random() < 0.08:
            row["status"] = words["void"]
        codes.append(row)
    codes[7]["status"], codes[12]["campaign"], codes[20]["expiration_date"] = "usd", "Sprnig", "31/31/2026"
    put(staff, "codes", codes[::-1])
    put(staff, "redemptions", sorted(redemptions, key=lambda row: row["time"]))
    put(staff, "pool", [{"code": f"GIFT-{number:04}", "campaign": texts["campaigns"][1]} for number in range(80)])
