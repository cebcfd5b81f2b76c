/** The elements of a page, made and found without any markup in texts: whatever they say is shown as text. */

type Child = Node | string | null

/** An element with attributes; one that is `null` is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children)
}

/** The same for pictures. */
export function shape<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function fill<E extends Element>(
  node: E,
  attributes: Readonly<Record<string, string | null>>,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value)
  node.append(...children.filter((child) => child !== null))
  return node
}

/** The element of the page with this id. @throws {TypeError} if it is missing. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new TypeError(`the page has no #${id}`)
  return found
}

/** Shows one thing in the place of what is there. */
export function replace(place: Element, ...children: readonly Child[]): void {
  place.replaceChildren(...children.filter((child) => child !== null))
}
