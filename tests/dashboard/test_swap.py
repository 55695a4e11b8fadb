"""Publishing while people look: nothing fails, nothing is mixed, nobody goes back."""

from __future__ import annotations

import threading

from dashboard.app import create_app
from dashboard.http.guard import SEEN_COOKIE
from dashboard.snapshots import Snapshots, number_of
from tests.dashboard import small_release

RELEASES = 4


class Visitor(threading.Thread):
    """Somebody whose requests reach one process and then the other, as behind a balancer."""

    def __init__(self, servers, stop):
        super().__init__()
        self.servers, self.stop = servers, stop
        self.seen: list[int] = []
        self.faults: list[str] = []

    def run(self):
        cookie = "0"
        clients = [server.test_client(use_cookies=False) for server in self.servers]
        while not self.stop.is_set():
            for client in clients:
                answer = client.get(
                    "/api/v1/summary", headers={"Cookie": f"{SEEN_COOKIE}={cookie}"}
                )
                if answer.status_code != 200:
                    self.faults.append(answer.text)
                    return
                self.note(answer.json)
                cookie = str(number_of(answer.json["release"]))

    def note(self, body):
        number = number_of(body["release"])
        if body["as_of"] != f"2026-{number:02d}":
            self.faults.append(f"mixed: {body}")
        if self.seen and number < self.seen[-1]:
            self.faults.append(f"went back from {self.seen[-1]} to {number}")
        self.seen.append(number)


def test_releases_are_swapped_under_visitors(tmp_path):
    store = tmp_path / "store"
    small_release.publish(store, 1, "2026-01")
    servers = [create_app(Snapshots(store)).server for _ in range(2)]
    stop = threading.Event()
    visitors = [Visitor(servers, stop) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    for number in range(2, RELEASES + 1):
        small_release.publish(store, number, f"2026-{number:02d}")
    last = Snapshots(store).current()
    client = servers[0].test_client()
    while client.get("/readyz").json["release"] != last.id:
        pass
    stop.set()
    for visitor in visitors:
        visitor.join(timeout=60)
    assert [fault for visitor in visitors for fault in visitor.faults] == []
    assert all(len(visitor.seen) > RELEASES for visitor in visitors)
