/** The mark: three stones, one on the other. */
export function CairnMark(props: { size?: number; class?: string }) {
  return (
    <svg
      width={props.size ?? 20}
      height={props.size ?? 20}
      viewBox="0 0 24 24"
      class={props.class}
      aria-hidden="true"
      fill="currentColor"
    >
      <path d="M2 18.6C1.9 15.9 5.6 14.4 11.6 14.3C17.9 14.2 22.2 15.6 22.1 18.4C22 20.9 18 22 12 22C5.9 22 2.1 21.1 2 18.6Z" />
      <path
        d="M6.6 10.9C6.4 8.7 9.2 7.4 13 7.5C16.8 7.6 19.3 8.9 19.1 11C18.9 12.9 16.4 13.6 12.8 13.5C9.1 13.4 6.8 12.8 6.6 10.9Z"
        opacity=".8"
      />
      <path
        d="M8 4.4C8 2.8 9.6 1.8 11.7 1.8C13.9 1.8 15.3 2.9 15.2 4.5C15.1 6.1 13.6 6.8 11.5 6.8C9.3 6.7 8 6 8 4.4Z"
        opacity=".6"
      />
    </svg>
  )
}
