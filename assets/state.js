/**
 * The state of the page: read from the address, changed by controls, written back to the address.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const PAGES = {
    '/': 'overview',
    '/coverage': 'coverage',
    '/gaps': 'gaps',
    '/standards': 'standards',
    '/data': 'data',
  };
  const ORDER = ('d a u c m t b v n h k s z l i tab ' +
    'g f q o w src tk cm pk ru at lang th view').split(' ');
  const QUERY = ['p', 'a', 'u', 'c', 't', 'b', 'v', 'd', 'n', 'h', 'lang'];
  /** Changes of these make a new entry in the history of the browser. */
  const STEPS_OF_HISTORY = ['p', 'a', 'c', 's', 'd', 'tab', 'tk', 'pk', 'at', 'lang'];
  const DEFAULTS = { m: 15, lang: 'zh' };
  const MINUTES = [1, 60];
  const ALLOWED = {
    t: ['walk', 'line'],
    b: ['people', 'households', 'area', 'elderly', 'children'],
    k: ['gap', 'min', 'ind'],
    n: ['own', 'all'],
    h: ['any', 'evening', 'weekend'],
    tab: ['ind', 'rules', 'far', 'short', 'foot', 'sole', 'tasks', 'cal'],
    f: ('fail pass plain none withheld over open overdue closed ' +
      'doubtful no_facility barrier distant capacity area ' +
      'borderline not_assessable exempt reference').split(' '),
    lang: ['zh', 'en'],
    th: ['light', 'dark'],
    view: ['leader', 'planner', 'wall'],
  };
  const FORM = {
    d: /^\d{4}-\d{2}$/,
    cm: /^\d{4}-\d{2}$/,
    g: /^[0-6x]$/,
    tk: /^[0-9a-f]{12}$/,
    pk: /^[a-z0-9_]{1,60}(,[a-z0-9_]{1,60})?$/,
    u: /^[a-z][a-z0-9_]{0,29}$/,
    z: /^-?\d+(\.\d+)?,-?\d+(\.\d+)?,\d+(\.\d+)?$/,
  };
  const LONGEST = 200;
  const WRITE_MS = 250;

  /** Keys that belong to the lists of one page and are left behind when another is opened. */
  LC.OF_LISTS = ['tab', 'f', 'q', 'o', 'w', 'src', 'tk', 'cm', 'pk', 'ru', 'at'];

  LC.dropped = [];

  function isValid(key, value) {
    if (key === 'm') return /^\d{1,2}$/.test(value) && Number(value) >= MINUTES[0] &&
      Number(value) <= MINUTES[1];
    if (ALLOWED[key]) return ALLOWED[key].includes(value);
    if (FORM[key]) return FORM[key].test(value);
    return value.length > 0 && value.length <= LONGEST;
  }

  /** Give the page of a path, whatever prefix the site is published under. */
  LC.pageOf = (pathname) => {
    const prefix = LC.address('');
    const rest = (pathname || '/').slice(prefix.length).replace(/(.)\/$/, '$1') || '/';
    return PAGES[rest] || 'other';
  };

  /** Give the path of a page. */
  LC.pathOf = (page) => {
    const path = Object.keys(PAGES).find((one) => PAGES[one] === page);
    return path ? LC.address(path) : window.location.pathname;
  };

  /**
   * Read the state from an address; values that are unknown or out of range are left out and listed
   * in `LC.dropped`.
   * @param {string} pathname
   * @param {string} search With or without `?`.
   */
  LC.parseState = (pathname, search) => {
    const state = { p: LC.pageOf(pathname) };
    LC.dropped = [];
    new URLSearchParams(search || '').forEach((value, key) => {
      if (!ORDER.includes(key)) return;
      if (isValid(key, value)) state[key] = key === 'm' ? Number(value) : value;
      else LC.dropped.push(key + '=' + value.slice(0, 24));
    });
    return { ...DEFAULTS, ...state };
  };

  /** Write a state as a query string, in fixed order, defaults left out. */
  LC.searchOf = (state) => {
    const query = new URLSearchParams();
    ORDER.forEach((key) => {
      const value = state[key];
      const isSet = value !== undefined && value !== null && value !== '';
      if (isSet && value !== DEFAULTS[key]) query.set(key, String(value));
    });
    const text = query.toString().replace(/%2C/g, ',').replace(/%3A/g, ':');
    return text ? '?' + text : '';
  };

  const replaceSoon = LC.debounce((search) => {
    window.history.replaceState(window.history.state, '', window.location.pathname + search);
  }, WRITE_MS);

  let written = null;
  /**
   * Write the address: a new history entry for a step a person would go back from, else in place.
   */
  LC.writeAddress = (state) => {
    const search = LC.searchOf(state);
    const isStep = written && STEPS_OF_HISTORY.some(
      (key) => (written[key] || '') !== (state[key] || '')
    );
    const isNews = search !== window.location.search ||
      LC.pathOf(state.p) !== window.location.pathname;
    if (isStep && isNews) window.history.pushState(null, '', LC.pathOf(state.p) + search);
    else if (isNews) replaceSoon(search);
    written = state;
  };

  function wordsOfControls(id, value) {
    const minutes = (raw) => {
      const number = Math.round(Number(raw));
      return number >= MINUTES[0] && number <= MINUTES[1] ? { m: number } : {};
    };
    const readers = {
      'scope-area': () => ({ a: value, s: null, z: null }),
      'scope-category': () => ({ c: value }),
      'scope-minutes': () => minutes(value),
      'scope-minutes-box': () => minutes(value),
      'scope-mode': () => ({ t: value }),
      'scope-basis': () => ({ b: value }),
      'scope-speed': () => ({ v: value }),
      'scope-opening': () => ({ h: value === 'any' ? null : value }),
      lang: () => ({ lang: value }),
    };
    return readers[id] && value !== null && value !== undefined && value !== ''
      ? readers[id]()
      : {};
  }

  /**
   * What the controls show now, so that setting them from the state is not taken for a person's
   * choice.
   */
  LC.shown = {};

  const isChange = (state, patch) =>
    Object.keys(patch).some((key) => (state[key] ?? null) !== (patch[key] ?? null));

  const cleared = (state) => Object.fromEntries(Object.keys(state).map((key) => [key, null]));

  /**
   * Answers of the server to clicks carry a number below 0. While Dash waits for one it holds back
   * what scripts send and lets the answer win: what is waiting is taken up here then.
   */
  function answerPatch(action) {
    const patch = -action.n <= voided ? {} : action.patch || {};
    const missed = waiting || {};
    waiting = null;
    return missed.replace ? { replace: missed.replace } : { patch: { ...patch, ...missed.patch } };
  }

  function actionPatch(given, state) {
    if (!given) return {};
    const action = given.n < 0 ? answerPatch(given) : given;
    if (action.n === acts) waiting = null;
    const replaced = action.replace ? { ...cleared(state), ...action.replace } : {};
    return { ...replaced, ...(action.patch || {}) };
  }

  function patchOf(triggered, state) {
    let patch = {};
    let isAction = false;
    triggered.forEach(({ prop_id: prop, value }) => {
      const [id] = prop.split('.');
      if (id === 'action') {
        isAction = true;
        patch = { ...patch, ...actionPatch(value, state) };
      } else if (LC.shown[id] !== value) {
        LC.shown[id] = value;
        patch = { ...patch, ...wordsOfControls(id, value) };
      }
    });
    const isWaiting = LC.isPreviewed(patch) && !isAction;
    return isChange(state, patch) && !isWaiting ? patch : null;
  }

  function rememberControls(inputs) {
    Object.keys(inputs || {}).forEach((prop) => {
      LC.shown[prop.split('.')[0]] = inputs[prop];
    });
  }

  const circle = ((window.dash_clientside = window.dash_clientside || {}).circle =
    window.dash_clientside.circle || {});

  /**
   * Clientside callback: the only writer of the store `state`. Inputs as docs/contracts.md section
   * 5; state last.
   */
  circle.reduce = (pathname, search, ...rest) => {
    const state = rest[rest.length - 1];
    const none = window.dash_clientside.no_update;
    const { triggered, inputs } = window.dash_clientside.callback_context;
    const isAddress = !state || triggered.some((one) => one.prop_id.startsWith('url.'));
    if (isAddress) {
      rememberControls(inputs);
      const fresh = LC.parseState(pathname, search);
      LC.isPreviewed(fresh);
      const isSame = state && JSON.stringify(fresh) === JSON.stringify(state);
      return isSame ? none : fresh;
    }
    const patch = patchOf(triggered, state);
    return patch ? { ...state, ...patch } : none;
  };

  /**
   * Clientside callback: the parts of the state that the server answers to; unchanged parts do not
   * move.
   */
  circle.derive = (state, query, picked) => {
    const none = window.dash_clientside.no_update;
    if (!state) return [none, none];
    const next = {};
    const release = LC.releaseInUse();
    if (release) next.r = release;
    QUERY.forEach((key) => {
      if (
        state[key] !== undefined && state[key] !== null && state[key] !== ''
      ) next[key] = state[key];
    });
    const pick = { s: state.s || null };
    LC.app.query = next;
    return [
      JSON.stringify(next) === JSON.stringify(query || null) ? none : next,
      picked && picked.s === pick.s ? none : pick,
    ];
  };

  let acts = 0;
  let waiting = null;
  let voided = 0;

  /** Let answers to the clicks up to this one choose nothing: they began a double click. */
  LC.voidClicks = (upTo) => {
    voided = upTo;
  };

  /**
   * Hand an action to `reduce`. What was not taken up yet goes along: Dash runs only the newest of
   * two.
   */
  function send(action) {
    acts += 1;
    const patch = { ...((waiting && waiting.patch) || {}), ...(action.patch || {}) };
    waiting = action.replace ? { replace: action.replace } : { ...(waiting || {}), patch };
    window.dash_clientside.set_props('action', { data: { ...waiting, n: acts } });
  }

  /** Change the state from a script: a partial state, null clears a key. */
  LC.act = (patch) => send({ patch });

  /** The release whose numbers the page shows, until the visitor switches to a newer one. */
  LC.releaseInUse = () => {
    const main = LC.byId('main');
    return LC.pinned || (main && main.getAttribute('data-release')) || null;
  };

  /** Take keys out of the state that lead nowhere, without a step in the history. */
  LC.forget = (keys) => {
    const patch = Object.fromEntries(keys.map((key) => [key, null]));
    written = { ...written, ...patch };
    send({ patch });
  };

  // Back and Forward: dcc.Location does not know of entries that were written here.
  window.addEventListener('popstate', () => {
    const replace = LC.parseState(window.location.pathname, window.location.search);
    written = replace;
    send({ replace });
  });
})();
