/**
 * Whether the server answers, and whether it has newer data. Either shows as one calm message that
 * stays; the page keeps what it shows until the visitor decides.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const CHECK_MS = 60000;
  const LOST_CHECK_MS = 10000;
  const GATEWAY = [502, 504]; // a proxy answers, the server behind it does not
  const plainFetch = window.fetch.bind(window);
  let trouble = null;
  let fresh = null;
  let later = null;
  let checked = 0;
  let isLeaving = false;

  const pad = (number) => String(number).padStart(2, '0');
  const clock = (date) => pad(date.getHours()) + ':' + pad(date.getMinutes());

  function tellTrouble(kind) {
    if (isLeaving || !LC.app || !LC.app.viewAt) return;
    if (trouble && trouble.kind === kind) return;
    if (trouble) trouble.close();
    const params = { time: clock(LC.app.viewAt) };
    const banner = LC.banner(kind, params, [{ key: 'retry', press: retry }]);
    trouble = { kind, close: banner.close, button: banner.buttons[0] };
  }

  function follow(answer) {
    if (GATEWAY.includes(answer.status)) tellTrouble('offline');
    else if (answer.status >= 500) tellTrouble('failed');
    else if (trouble && trouble.kind === 'offline') recover();
  }

  // Dash, tiles and values all ask through fetch, and Dash offers no hook for an answer that never
  // came.
  window.fetch = (...asked) =>
    plainFetch(...asked).then(
      (answer) => {
        follow(answer);
        return answer;
      },
      (error) => {
        if (error.name !== 'AbortError') tellTrouble('offline');
        throw error;
      }
    );

  /** Ask again for everything that may have failed; the answers replace what is shown. */
  function recover() {
    if (trouble) trouble.close();
    trouble = null;
    LC.forgetFailures();
    if (LC.app.query) askAgain(LC.app.query);
    if (LC.map && LC.map.stack()) LC.map.stack().prepare();
    if (LC.map) LC.map.refresh();
  }

  function askAgain(query) {
    LC.app.query = query;
    window.dash_clientside.set_props('query', { data: { ...query } });
  }

  async function retry() {
    const { button } = trouble;
    button.textContent = LC.t('retrying');
    button.disabled = true;
    const isUp = await LC.checkServer();
    if (isUp) {
      if (trouble) recover();
      return;
    }
    button.textContent = LC.t('retry');
    button.disabled = false;
  }

  /** Ask the server what it serves; give whether it answered. */
  LC.checkServer = async () => {
    checked = performance.now();
    try {
      const answer = await plainFetch(LC.address('/readyz'), { cache: 'no-store' });
      if (GATEWAY.includes(answer.status)) throw new Error('gateway ' + answer.status);
      compare(await answer.json());
      return true;
    } catch (error) {
      tellTrouble('offline');
      return false;
    }
  };

  function compare(ready) {
    const { view } = LC.app;
    if (!view || !ready.release) return;
    const isNews = ready.release !== view.release && ready.release !== later;
    if (fresh && (!isNews || fresh.release !== ready.release)) {
      fresh.close();
      fresh = null;
    }
    if (!isNews || fresh) return;
    const key = ready.as_of === view.month ? 'fresh_same' : 'fresh_month';
    const turn = { key: 'fresh_switch', press: () => turnTo(ready.release) };
    const wait = { key: 'fresh_later', press: () => putOff(ready.release) };
    const { close } = LC.banner(key, { month: ready.as_of }, [turn, wait]);
    fresh = { release: ready.release, close };
  }

  function turnTo(release) {
    fresh.close();
    fresh = null;
    LC.pinned = release;
    if (LC.app.state.d) LC.act({ d: null });
    else askAgain({ ...LC.app.query, r: release });
  }

  function putOff(release) {
    fresh.close();
    fresh = null;
    later = release;
  }

  function look() {
    const wait = trouble ? LOST_CHECK_MS : CHECK_MS;
    if (document.hidden || !LC.app || !LC.app.view || performance.now() - checked < wait) return;
    const wasOffline = trouble && trouble.kind === 'offline';
    LC.checkServer().then((isUp) => isUp && wasOffline && trouble && recover());
  }

  checked = performance.now();
  setInterval(look, LOST_CHECK_MS);
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pagehide', () => (isLeaving = true));
  window.addEventListener('pageshow', () => (isLeaving = false));
})();
