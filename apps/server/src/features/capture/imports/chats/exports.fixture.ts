/** Exports as ChatGPT and Claude write them, with what the parts of a test need. */

type Node = {
  id: string
  parent: string | null
  role?: string
  text?: string
  at?: number
  more?: object
  content?: object
}

/** `conversations.json` of ChatGPT: a tree of nodes that begins with an empty one and a hidden instruction. */
export function chatGpt(id: string, title: string, nodes: readonly Node[], current: string) {
  const start = 1_712_345_678.5
  const all: Node[] = [
    { id: 'root', parent: null },
    {
      id: 'system',
      parent: 'root',
      role: 'system',
      text: '',
      more: { metadata: { is_visually_hidden_from_conversation: true } },
    },
    ...nodes,
  ]
  const mapping = Object.fromEntries(
    all.map((node, at) => [
      node.id,
      {
        id: node.id,
        message:
          node.role === undefined
            ? null
            : {
                id: node.id,
                author: { role: node.role, name: null, metadata: {} },
                create_time: node.role === 'system' ? null : start + (node.at ?? at),
                update_time: null,
                content: node.content ?? { content_type: 'text', parts: [node.text ?? ''] },
                status: 'finished_successfully',
                end_turn: node.role === 'assistant',
                weight: 1,
                metadata: node.role === 'assistant' ? { model_slug: 'gpt-4o', finish_details: { type: 'stop' } } : {},
                recipient: 'all',
                channel: null,
                ...node.more,
              },
        parent: node.parent,
        children: all.filter(({ parent }) => parent === node.id).map((child) => child.id),
      },
    ]),
  )
  return {
    title,
    create_time: start,
    update_time: start + 100,
    mapping,
    moderation_results: [],
    current_node: current,
    plugin_ids: null,
    conversation_id: id,
    conversation_template_id: null,
    gizmo_id: null,
    is_archived: false,
    safe_urls: [],
    default_model_slug: 'gpt-4o',
    id,
  }
}

type Turn = { uuid: string; sender: 'human' | 'assistant'; text: string; parent?: string; more?: object }
/** What the first message of a conversation follows in newer exports. */
export const claudeRoot = '00000000-0000-4000-8000-000000000000'

/** `conversations.json` of Claude; without parents as older exports are. */
export const claude = (uuid: string, name: string, turns: readonly Turn[]) => ({
  uuid,
  name,
  summary: '',
  created_at: '2026-03-29T07:06:34.084721Z',
  updated_at: '2026-03-29T12:59:41.658730Z',
  account: { uuid: 'c1a9a5f8-a09c-42e7-8de7-ad0174488170' },
  chat_messages: turns.map(({ parent, text, more, ...turn }, at) => ({
    ...turn,
    text,
    content: [{ start_timestamp: null, stop_timestamp: null, flags: null, type: 'text', text, citations: [] }],
    created_at: `2026-03-29T07:0${at}:35.552627Z`,
    updated_at: `2026-03-29T07:0${at}:35.552627Z`,
    attachments: [],
    files: [],
    ...(parent !== undefined && { parent_message_uuid: parent }),
    ...more,
  })),
})
