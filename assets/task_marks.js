/**
 * The places of the listed tasks on the map: one mark a place with the number of its tasks. A mark
 * chooses the first of them, and shows which row is pointed at.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const ORDER = ['overdue', 'open', 'closed'];
  let layer = null;
  let marks = new Map();

  const keyOf = (task) => task.lon + ',' + task.lat;

  /** Group tasks by where they are; tasks whose place is gone have no mark. */
  function places(tasks) {
    const found = new Map();
    tasks.filter((task) => task.lon !== null && task.lat !== null).forEach((task) => {
      if (!found.has(keyOf(task))) found.set(keyOf(task), []);
      found.get(keyOf(task)).push(task);
    });
    return found;
  }

  function markOf(app, own) {
    const state = ORDER.find((one) => own.some((task) => task.state === one));
    const isOn = own.some((task) => task.task === app.state.tk);
    const name = LC.t('task_mark', {
      place: LC.tasks.placeText(own[0]),
      n: own.length,
      state: LC.t('task_is_' + state),
    });
    const mark = window.L.marker([own[0].lat, own[0].lon], {
      icon: window.L.divIcon({
        className: 'task-pin',
        html: '<span class="task-mark is-' + state + (isOn ? ' is-on' : '') + '">' +
          (own.length > 1 ? own.length : '') + '</span>',
        iconSize: [24, 24],
      }),
      title: name,
      alt: name,
      keyboard: true,
      riseOnHover: true,
    });
    const choose = () => LC.act({ tk: own[0].task, s: own[0].grid_id });
    mark.on('click', choose);
    mark.on('keypress', (event) => event.originalEvent.key === 'Enter' && choose());
    return mark;
  }

  function clear() {
    if (layer) layer.remove();
    layer = null;
    marks = new Map();
  }

  LC.taskMarks = {
    /** Show which mark a row of the list belongs to; null for none. */
    point(task) {
      marks.forEach((mark, key) => {
        const node = mark.getElement();
        if (node) node.classList.toggle('is-hover', Boolean(task) && keyOf(task) === key);
      });
    },
  };

  LC.views.push({
    id: 'map',
    needs: ['view', 'page', 'lists'],
    draw(_container, app) {
      const map = LC.map && LC.map.get();
      clear();
      if (!map || app.state.p !== 'gaps' || LC.tabOf(app) !== 'tasks') return;
      const found = LC.tasks.found(app, 'map');
      if (!found) return;
      places(found.tasks).forEach((own, key) => marks.set(key, markOf(app, own)));
      layer = window.L.layerGroup(Array.from(marks.values())).addTo(map);
    },
  });
})();
