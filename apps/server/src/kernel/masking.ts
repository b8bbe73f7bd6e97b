/**
 * Takes secrets out of addresses and text before they are stored, indexed or sent. Pure, and linear in the length of
 * what it is given: every pattern starts at the beginning of a word, or at a sign and looks back a bounded way, and no two
 * of its repetitions overlap.
 */

/** What stands where a secret stood. */
export const masked = '***'

/** Names whose value is a secret whatever it looks like, letters only: `access_token` and `X-Api-Key` end in one. */
const secretNames = [
  ...['token', 'secret', 'password', 'passwd', 'passphrase', 'pwd', 'apikey', 'accesskey', 'secretkey', 'privatekey'],
  ...['authkey', 'accesskeyid', 'sessionid', 'sessid', 'signature', 'credential', 'credentials', 'jwt', 'otp'],
  ...['samlresponse', 'samlrequest', 'assertion', 'authorization', 'clientassertion', 'ticketid', 'pass', 'passcode'],
]
/** Names that end like a secret and say where one is in a list. */
const harmlessNames = /(?:page|next|continuation|sync|max|num|first|last|start|by|com)(?:token|tokens|pass)$/
/** Names whose value is a secret when it looks drawn by lot: `code=4/0AdQt8…`, not `code=DE`. */
const doubtfulNames = new Set(
  'key code auth sig sid session ticket nonce hash k authtoken invite invitation confirmation verification'.split(' '),
)
/** Parts of a path after which what looks drawn by lot is a secret. */
const doubtfulParts =
  /^(?:(?:password[-_]?)?reset(?:[-_]?password)?|magic(?:[-_]?link)?|activate|confirm|verify(?:[-_]?email)?|invites?|token)$/i

/** Secrets known by their shape, each at the beginning of a word. */
const shapes = new RegExp(
  `(?<![A-Za-z0-9_-])(?:${[
    'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?', // JSON Web Token, RFC 7519
    'gh[pousr]_[A-Za-z0-9]{20,}',
    'github_pat_\\w{20,}',
    'gl(?:pat|ptt|rt)-[\\w-]{16,}',
    'xox[abeoprs]-[\\w-]{10,}',
    'xapp-[\\w-]{10,}',
    'T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{16,}', // Slack's incoming webhook
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'AIza[\\w-]{30,}',
    'ya29\\.[\\w-]{20,}',
    'sk-[\\w-]{20,}',
    '(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}',
    '(?:npm|hf|shpat|shpss|dop_v1|doo_v1|pypi|glsa|lin_api)[_-][\\w-]{20,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    '(?:bot)?\\d{8,12}:[\\w-]{30,}', // Telegram
  ].join('|')})`,
  'g',
)
const discordWebhook = /(\/webhooks\/\d{15,20}\/)[\w-]{40,}/g
const pem = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s:,-]{0,20000}/g
/** These two begin at what is rare in a text, and look back from there. */
const userInfo = /:\/\/(?<=(?<![\w+.-])[A-Za-z][\w+.-]{1,20}:\/\/)[^\s/?#"'<>]{1,1000}@/g
const bearer = /(?<![\w-])((?:Bearer|Basic)\s{1,3})([\w~+/.-]{8,}={0,2})/gi
const assignment = /[=:](?<=(?<![\w.$-])([A-Za-z][\w.-]{0,63})(["']?)\s{0,2}[=:])(\s{0,2}["']?)([^\s"'&,;<>()]{4,})/g

/** Is what has this name a secret, whatever its value? */
export function isSecretName(name: string): boolean {
  const letters = name.toLowerCase().replace(/[^a-z]+/g, '')
  return !harmlessNames.test(letters) && secretNames.some((ending) => letters.endsWith(ending))
}

/** Drawn by lot, to all appearance: long, without spaces, letters and figures mixed. */
const looksDrawn = (value: string) =>
  value.length >= 12 && /^[\w~+/.=-]+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value)

/**
 * An address without its secrets: user and password are left out; tokens, keys, passwords and signatures in path, query
 * and fragment, also in addresses inside its parameters, become `***`. What holds none comes back as it is.
 */
export const maskAddress = (address: string): string => maskNested(address, 3)

function maskNested(address: string, depth: number): string {
  const authority = /^[A-Za-z][\w+.-]{0,30}:\/\//.exec(address)?.[0] ?? ''
  const hash = address.indexOf('#')
  const beforeHash = hash < 0 ? address : address.slice(0, hash)
  const question = beforeHash.indexOf('?')
  const front = question < 0 ? beforeHash : beforeHash.slice(0, question)
  const query = question < 0 ? '' : `?${maskFields(beforeHash.slice(question + 1), depth)}`
  const fragment = hash < 0 ? '' : `#${maskFragment(address.slice(hash + 1), depth)}`
  return authority + maskPath(withoutUser(front.slice(authority.length), authority)) + query + fragment
}

function withoutUser(front: string, authority: string): string {
  if (authority === '') return front
  const slash = front.indexOf('/')
  const host = slash < 0 ? front : front.slice(0, slash)
  return front.slice(host.lastIndexOf('@') + 1)
}

function maskPath(path: string): string {
  const known = maskShapes(path)
  if (!known.includes('/') && !known.includes(';')) return known
  const parts = known.split('/')
  for (const [at, part] of parts.entries()) {
    if (part.includes(';'))
      parts[at] = part
        .split(';')
        .map((field) => maskField(field, 0))
        .join(';')
    else if (at > 0 && part.length >= 16 && doubtfulParts.test(parts[at - 1] as string) && looksDrawn(part)) {
      parts[at] = masked
    }
  }
  return parts.join('/')
}

/** `#access_token=…&state=…`, `#/reset?token=…`, or a place on the page. */
function maskFragment(fragment: string, depth: number): string {
  const question = fragment.indexOf('?')
  if (question >= 0)
    return `${maskPath(fragment.slice(0, question))}?${maskFields(fragment.slice(question + 1), depth)}`
  return fragment.includes('=') ? maskFields(fragment, depth) : maskPath(fragment)
}

const maskFields = (fields: string, depth: number) =>
  fields
    .split('&')
    .map((field) => maskField(field, depth))
    .join('&')

function maskField(field: string, depth: number): string {
  const equals = field.indexOf('=')
  if (equals < 0) return maskShapes(field)
  const name = decoded(field.slice(0, equals))
  const value = field.slice(equals + 1)
  if (value === '' || value === masked) return field
  if (isSecretName(name)) return `${field.slice(0, equals)}=${masked}`
  const plain = decoded(value)
  if (doubtfulNames.has(name.toLowerCase()) && looksDrawn(plain)) return `${field.slice(0, equals)}=${masked}`
  if (plain === value && !/[=:;]/.test(value)) return `${field.slice(0, equals)}=${maskShapes(value)}`
  const inner = maskInner(plain, depth)
  return inner === plain ? field : `${field.slice(0, equals)}=${encodeURIComponent(inner).replaceAll('%2A', '*')}`
}

/** What a parameter holds, decoded: an address, fields of its own, or text such as JSON. */
function maskInner(plain: string, depth: number): string {
  if (depth > 0 && /^(?:[A-Za-z][\w+.-]{0,30}:\/\/|\/|\?)|^[\w.-]+=/.test(plain)) return maskNested(plain, depth - 1)
  return maskText(plain)
}

const maskShapes = (text: string) =>
  text.length < 12 ? text : text.replace(shapes, masked).replace(discordWebhook, `$1${masked}`)

/** Text without its secrets: tokens known by their shape, private keys, `user:password@` in addresses, `PASSWORD=…`, `Bearer …`. */
export function maskText(text: string): string {
  if (text.length < 6) return text
  return text
    .replace(pem, masked)
    .replace(userInfo, '://')
    .replace(bearer, (all, scheme: string, value: string) => (looksDrawn(value) ? scheme + masked : all))
    .replace(shapes, masked)
    .replace(discordWebhook, `$1${masked}`)
    .replace(assignment, (all, name: string, quote: string, gap: string, value: string) => {
      if (value === masked || !isSecretName(name)) return all
      // In prose a colon introduces words: "Password: what to do" keeps them.
      const given = all.startsWith('=') || looksDrawn(value) || quote === '"' || gap.includes('"')
      return given ? all[0] + gap + masked : all
    })
}

/** Up to the next beginning at most, so that many beginnings without an end are not searched through for each. */
const pemBlock =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----BEGIN )){0,20000}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g
const keepLines = (all: string) => masked + '\n'.repeat(all.split('\n').length - 1)

/**
 * The same for files, where `token = readToken()` is code and no secret: a value has to look drawn by lot. Lines keep
 * their numbers.
 */
export function maskSecrets(text: string): string {
  if (text.length < 6) return text
  return text
    .replace(pemBlock, keepLines)
    .replace(pem, keepLines)
    .replace(userInfo, '://')
    .replace(bearer, (all, scheme: string, value: string) => (looksDrawn(value) ? scheme + masked : all))
    .replace(shapes, masked)
    .replace(discordWebhook, `$1${masked}`)
    .replace(assignment, (all, name: string, _quote: string, gap: string, value: string) =>
      value !== masked && isSecretName(name) && looksDrawn(value) ? all[0] + gap + masked : all,
    )
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
