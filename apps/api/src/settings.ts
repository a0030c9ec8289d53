/** What the edge needs to know of the configuration. */
export class EdgeSettings {
  constructor(readonly agreement: string) {}
}
