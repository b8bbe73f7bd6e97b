/** A letter on a quiet colour: sites have faces without asking anyone for a picture. */
export function SiteMark(props: { site: string }) {
  const hue = () => [...props.site].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
  return (
    <span
      aria-hidden="true"
      class="inline-flex size-4.5 shrink-0 items-center justify-center rounded-sm text-2xs font-semibold"
      style={{
        background: `light-dark(oklch(0.93 0.03 ${hue()}), oklch(0.32 0.04 ${hue()}))`,
        color: `light-dark(oklch(0.42 0.08 ${hue()}), oklch(0.85 0.06 ${hue()}))`,
      }}
    >
      {(props.site[0] ?? '?').toUpperCase()}
    </span>
  )
}
