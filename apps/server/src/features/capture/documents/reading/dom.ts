/** As much of a DOM as is used here: the server's types know none. */
export type DomElement = {
  readonly nodeName: string
  readonly textContent: string | null
  readonly children: Iterable<DomElement>
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  remove(): void
  querySelector(selectors: string): DomElement | null
  querySelectorAll(selectors: string): Iterable<DomElement>
}
export type DomDocument = Pick<DomElement, 'querySelector' | 'querySelectorAll'> & {
  readonly body: DomElement | null
  readonly documentElement: DomElement | null
  cloneNode(deep: boolean): DomDocument
}
