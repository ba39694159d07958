// Taro draws its own elements in browsers: here they become what they are to screen readers and keyboards.

function mend(element: Element): void {
  if (element.localName === 'taro-button-core') {
    if (!element.hasAttribute('role')) element.setAttribute('role', 'button');
    if (!element.hasAttribute('tabindex')) element.setAttribute('tabindex', '0');
    const disabled = element.getAttribute('disabled');
    if (disabled !== null) element.setAttribute('aria-disabled', String(disabled !== 'false'));
  }
  if (element.localName === 'input' || element.localName === 'textarea') {
    const label = element.parentElement?.getAttribute('aria-label');
    if (label && !element.hasAttribute('aria-label')) element.setAttribute('aria-label', label);
  }
}

const mendAll = (root: Element): void => {
  mend(root);
  for (const element of root.querySelectorAll('taro-button-core, input, textarea')) mend(element);
};

new MutationObserver((changes) => {
  for (const { addedNodes, target, type } of changes) {
    if (type === 'attributes' && target instanceof Element) mend(target);
    for (const node of addedNodes) if (node instanceof Element) mendAll(node);
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ['disabled'] });

document.addEventListener('keydown', (event) => {
  const { target } = event;
  if (event.key !== 'Enter' && event.key !== ' ') return;
  if (target instanceof HTMLElement && target.localName === 'taro-button-core') {
    event.preventDefault();
    target.click();
  }
});
