/** How far something is; without a total it only shows that it goes on. */
export function Progress(props: { done: number; total: number | null; label: string; class?: string }) {
  const share = () => (props.total && props.total > 0 ? Math.min(1, props.done / props.total) : null)
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share() === null ? undefined : Math.round((share() ?? 0) * 100)}
      class={`relative h-1 overflow-hidden rounded-full bg-selected ${props.class ?? ''}`}
    >
      <div
        class="absolute inset-y-0 left-0 rounded-full bg-accent"
        classList={{ 'w-2/7 animate-slide': share() === null, 'transition-[width] duration-300': share() !== null }}
        style={share() === null ? {} : { width: `${(share() ?? 0) * 100}%` }}
      />
    </div>
  )
}

export const percent = (done: number, total: number | null) =>
  total && total > 0 ? `${Math.min(100, Math.floor((done / total) * 100))} %` : ''
