/**
 * Build and replace elements. Text only ever enters the page through `textContent`.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const SVG = 'http://www.w3.org/2000/svg';

  function setAttribute(node, key, value) {
    if (value === null || value === undefined || value === false) return;
    if (key === 'on') {
      Object.keys(value).forEach((name) => node.addEventListener(name, value[name]));
    } else if (key === 'style') {
      Object.keys(value).forEach((name) => node.style.setProperty(name, value[name]));
    } else {
      node.setAttribute(key, value === true ? '' : String(value));
    }
  }

  function append(node, children) {
    children.forEach((child) => {
      if (child === null || child === undefined || child === false) return;
      if (Array.isArray(child)) append(node, child);
      else node.appendChild(child.nodeType ? child : document.createTextNode(String(child)));
    });
  }

  function build(node, attributes, children) {
    Object.keys(attributes || {}).forEach((key) => setAttribute(node, key, attributes[key]));
    append(node, children);
    return node;
  }

  /**
   * Make an HTML element.
   * @param {string} tag
   * @param {Object|null} attributes `on` = listeners, `style` = properties, others as written.
   * @param {...*} children Nodes, text, lists of them; null and false are left out.
   */
  LC.h = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);

  /** Make an SVG element; arguments as for `h`. */
  LC.svg = (tag, attributes, ...children) =>
    build(document.createElementNS(SVG, tag), attributes, children);

  function focusKey(container) {
    const active = document.activeElement;
    return active && container.contains(active) ? active.getAttribute('data-key') : null;
  }

  /**
   * Put new children into a container and give the focus back to the element that had it (same
   * `data-key`). How far it is scrolled stays: that is only looked at in the next layout, which
   * nothing here waits for.
   * @param {Element} container
   * @param {...*} children
   */
  LC.replace = (container, ...children) => {
    const key = focusKey(container);
    container.textContent = '';
    append(container, children);
    if (key === null) return;
    const again = Array.from(container.querySelectorAll('[data-key]')).find(
      (node) => node.getAttribute('data-key') === key
    );
    if (again) again.focus({ preventScroll: true });
  };

  /** Write an attribute; the same again would make the browser style the whole page anew. */
  LC.put = (node, name, value) => {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  };

  /** Find an element by id, or null. */
  LC.byId = (id) => document.getElementById(id);

  /** Run a function once after a quiet time; later calls push it back. */
  LC.debounce = (run, wait_ms) => {
    let timer = 0;
    return (...values) => {
      clearTimeout(timer);
      timer = setTimeout(() => run(...values), wait_ms);
    };
  };

  let pathPrefix = null;
  /** Give the address of a path of this server, whatever prefix it is published under. */
  LC.address = (path) => {
    if (pathPrefix === null) {
      const config = LC.byId('_dash-config');
      const prefix = config ? JSON.parse(config.textContent).requests_pathname_prefix : '/';
      pathPrefix = (prefix || '/').replace(/\/$/, '');
    }
    return pathPrefix + path;
  };
})();
