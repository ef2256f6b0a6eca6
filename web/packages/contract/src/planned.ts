// Agreed with the server; docs/openapi.json does not carry it yet.
export interface Provider {
  id: string;
  name: string;
}
