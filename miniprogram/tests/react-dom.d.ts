declare module "react-dom/client" {
  export function createRoot(place: Element): { render(element: unknown): void; unmount(): void };
}
