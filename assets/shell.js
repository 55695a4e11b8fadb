/**
 * What surrounds the views: language of the fixed texts, page class, header, links between pages,
 * print.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const DRAWN_HERE = ['overview', 'coverage', 'gaps', 'standards'];
  let said = null;

  /** Rewrite the texts that the server laid out, when the language changed. */
  function translate() {
    if (said === LC.lang() || LC.t('product') === 'product') return;
    said = LC.lang();
    document.querySelectorAll('[data-t]').forEach((node) => {
      node.textContent = LC.t(node.getAttribute('data-t'));
    });
    document.querySelectorAll('[data-t-label]').forEach((node) => {
      node.setAttribute('aria-label', LC.t(node.getAttribute('data-t-label')));
    });
  }

  function syncPage(app) {
    const { state } = app;
    const root = document.documentElement;
    LC.put(root, 'lang', state.lang === 'en' ? 'en' : 'zh-CN');
    LC.put(root, 'data-page', state.p);
    LC.put(root, 'data-theme', state.th === 'dark' || state.view === 'wall' ? 'dark' : 'light');
    root.classList.toggle('is-wall', state.view === 'wall');
    const main = LC.byId('main');
    if (!main) return;
    LC.put(main, 'class', 'page page-' + state.p);
    LC.put(main, 'data-page', state.p);
  }

  /** What is not taken along to another page. */
  const left = () => Object.fromEntries(LC.OF_LISTS.map((key) => [key, null]));

  function syncLinks(app) {
    document.querySelectorAll('a.rail-link').forEach((link) => {
      const isOn = link.getAttribute('data-page') === app.state.p;
      link.classList.toggle('is-on', isOn);
      if (isOn) LC.put(link, 'aria-current', 'page');
      else link.removeAttribute('aria-current');
      const search = LC.searchOf(isOn ? app.state : { ...app.state, ...left() });
      LC.put(link, 'href', link.getAttribute('href').split('?')[0] + search);
    });
  }

  function header(app) {
    const { view } = app;
    const synthetic = LC.byId('synthetic');
    if (synthetic) synthetic.hidden = !view.is_synthetic;
    const box = LC.byId('header-data');
    if (!box) return;
    const warnings = view.issues ? view.issues.warning || 0 : 0;
    const faults = view.issues ? view.issues.blocking || 0 : 0;
    const key = [view.release, LC.lang()].join();
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const grade = faults ? 'quality_bad' : warnings ? 'quality_warnings' : 'quality_good';
    LC.replace(
      box,
      LC.h('i', { class: 'header-dot ' + grade, 'aria-hidden': 'true' }),
      LC.t('header_month', { month: view.month }),
      LC.h('span', { class: 'header-quality' }, LC.t(grade, { n: warnings || faults }))
    );
  }

  /** Bring everything around the views up to the state. */
  LC.syncShell = (app) => {
    translate();
    syncPage(app);
    syncLinks(app);
    if (!app.view) return;
    header(app);
    const title = LC.byId('title');
    const text = LC.t('page_' + app.state.p) + LC.t('title_gap') + app.view.area.name;
    if (title && title.textContent !== text) title.textContent = text;
    document.title = text;
  };

  function followLink(event) {
    const link = event.target.closest && event.target.closest('a.rail-link');
    const isPlain = link && event.button === 0 && !event.ctrlKey && !event.metaKey &&
      !event.shiftKey;
    const page = link && link.getAttribute('data-page');
    if (
      !isPlain || !LC.app.state || !DRAWN_HERE.includes(page) ||
        !DRAWN_HERE.includes(LC.app.state.p)
    ) return;
    event.preventDefault();
    if (page !== LC.app.state.p) LC.act({ ...left(), p: page, z: null });
  }

  function toggleAbout(button) {
    const text = LC.byId('about-text');
    if (!text) return;
    text.hidden = !text.hidden;
    button.setAttribute('aria-expanded', String(!text.hidden));
  }

  document.addEventListener('click', (event) => {
    followLink(event);
    const button = event.target.closest && event.target.closest('#print, #about');
    if (!button) {
      const text = LC.byId('about-text');
      if (text && !text.hidden && !text.contains(event.target)) toggleAbout(LC.byId('about'));
      return;
    }
    if (button.id === 'print') window.print();
    else toggleAbout(button);
  });
})();
