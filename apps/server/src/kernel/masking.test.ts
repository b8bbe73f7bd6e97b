import { describe, expect, it } from 'vitest'
import { maskAddress, masked, maskSecrets, maskText } from './masking.ts'

const jwt =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
/** Made of two parts, so that scanners of repositories do not take the examples for real ones. */
const made = (prefix: string, rest: string) => prefix + rest

describe('an address', () => {
  const secrets: [string, string, string][] = [
    ['user and password', 'https://ann:s3cret@example.com/a', 's3cret'],
    ['a user alone', `https://${made('ghp_', 'a1B2c3D4e5F6g7H8i9J0k1L2')}@github.com/a/b`, 'ghp_'],
    ['an @ in the password', 'https://ann:p@ss1@example.com/', 'p@ss1'],
    ['access_token in the query', 'https://example.com/cb?access_token=abc123&x=1', 'abc123'],
    ['a token in the fragment', 'https://example.com/cb#access_token=abc123&token_type=bearer', 'abc123'],
    ['a token in the query of a fragment', 'https://example.com/#/reset?token=abc123', 'abc123'],
    ['a password', 'https://example.com/login?user=ann&password=hunter2', 'hunter2'],
    ['an odd spelling', 'https://example.com/?X-API-Key=abc&y=2', 'abc'],
    ['an encoded name', 'https://example.com/?%70assword=hunter2', 'hunter2'],
    ['a name in brackets', 'https://example.com/?user%5Bpassword%5D=hunter2', 'hunter2'],
    ['an OAuth code', 'https://example.com/cb?code=4/0AdQt8qh7rMzXyPq&state=x', '0AdQt8qh7rMzXyPq'],
    [
      'an S3 signature',
      'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIDX%2F2026&X-Amz-Signature=deadbeef',
      'deadbeef',
    ],
    [
      'an S3 credential',
      'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIDX%2F2026&X-Amz-Signature=deadbeef',
      'AKIDX',
    ],
    ['an Azure signature', 'https://a.blob.core.windows.net/c?sv=2024&sig=Zm9vYmFyYmF6MTIz%3D', 'Zm9vYmFyYmF6MTIz'],
    ['a session in the path', 'https://example.com/a;jsessionid=1A2B3C?x=1', '1A2B3C'],
    ['a JWT anywhere', `https://example.com/view/${jwt}/page`, 'eyJ'],
    ['a JWT under a harmless name', `https://example.com/?data=${jwt}`, 'eyJ'],
    ['a bot in the path', `https://api.telegram.org/bot123456789:${'AAF'.repeat(12)}/getMe`, 'AAFAAF'],
    [
      'a Slack webhook',
      'https://hooks.slack.com/services/T0123ABCD/B0123ABCD/abcdefghijklmnop1234',
      'abcdefghijklmnop1234',
    ],
    ['a Discord webhook', `https://discord.com/api/webhooks/123456789012345678/${'aB3_'.repeat(16)}`, 'aB3_'],
    ['a reset link', 'https://example.com/reset-password/9f8e7d6c5b4a39281706', '9f8e7d6c5b4a39281706'],
    [
      'a token in an address in a parameter',
      'https://a.example/?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dabc123',
      'abc123',
    ],
    [
      'a token two addresses deep',
      `https://a.example/?u=${encodeURIComponent(`https://b.example/?u=${encodeURIComponent('https://c.example/?token=abc123')}`)}`,
      'abc123',
    ],
    [
      'a password in JSON in a parameter',
      `https://a.example/?q=${encodeURIComponent('{"password":"hunter22"}')}`,
      'hunter22',
    ],
    ['a SAML answer', 'https://sp.example/acs?SAMLResponse=PHNhbWxwOlJlc3BvbnNl', 'PHNhbWxwOlJlc3BvbnNl'],
    ['a CAS ticket', 'https://example.com/?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7', 'aA5Yuvrxzpv8Tau1cYQ7'],
    ['a key of a map', 'https://maps.example/api/js?key=AIzaSyA1234567890abcdefghijklmnopqrstu', 'AIza'],
  ]
  it.each(secrets)('with %s loses it', (_, address, secret) => {
    const kept = maskAddress(address)
    expect(kept).not.toContain(secret)
    expect(kept === new URL(kept).href || URL.canParse(kept)).toBe(true)
    expect(maskAddress(kept)).toBe(kept)
  })

  it.each([
    'https://example.com/',
    'https://example.com/@ann/posts?page=2#top',
    'https://github.com/nodejs/node/commit/9f8e7d6c5b4a392817069f8e7d6c5b4a39281706',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s',
    'https://example.com/?code=DE&key=name&session=morning',
    'https://api.example/list?pageToken=CAUQAA&maxTokens=20',
    'https://etherscan.example/address/0xdAC17F958D2ee523a2206206994597C13D831ec7',
    'https://example.com/?q=a%20b+c&lang=de#:~:text=keyword',
    'https://example.com/passage?compass=north&bypass=1',
    'https://example.com/%E0%A4%A',
    'https://example.com/?next=%2Fhome%3Ftab%3D2',
    'not an address',
    '',
  ])('without secrets stays as it is: %s', (address) => {
    expect(maskAddress(address)).toBe(address)
  })

  it('keeps everything around the secret', () => {
    expect(maskAddress('https://example.com/a?x=1&access_token=abc&y=%20#p')).toBe(
      `https://example.com/a?x=1&access_token=${masked}&y=%20#p`,
    )
  })
})

describe('text', () => {
  it.each([
    ['export API_TOKEN=abcd1234', 'abcd1234'],
    ['"client_secret": "q1w2e3r4"', 'q1w2e3r4'],
    ['curl -H "Authorization: Bearer abcdef123456"', 'abcdef123456'],
    ['postgres://cairn:hunter2@db:5432/cairn', 'hunter2'],
    [`key ${made('sk-', 'proj-abcdefghij1234567890')} end`, 'abcdefghij'],
    [`-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----`, 'MIIEow'],
  ])('%s loses its secret', (text, secret) => {
    expect(maskText(text)).not.toContain(secret)
    expect(maskText(maskText(text))).toBe(maskText(text))
  })

  it.each([
    'Password: requirements and policies',
    'How tokens are counted',
    'a = b; c: d',
    'Basic information for all of us',
  ])('%s stays as it is', (text) => {
    expect(maskText(text)).toBe(text)
  })
})

describe('megabytes of a pattern that begins again and again', () => {
  // With work that grew by the square of the length this would run for hours.
  it.each([
    ['eyJ'],
    ['eyJaaaaaaaa.'],
    ['a=b&'],
    ['token='],
    ['https://a@'],
    ['aaaa'],
    ['-----BEGIN PRIVATE KEY-----'],
    ['%25'],
    ['123456789:'],
    ['T0123ABCD/'],
    ['sk-'],
    ['Bearer '],
    ['/reset/'],
    ['"a":"'],
    [';a=%3D'],
  ])('are masked in the end: %s', (piece) => {
    const text = piece.repeat(Math.ceil(2_000_000 / piece.length))
    expect(maskAddress(`https://x.example/?${text}`)).toContain('https://x.example/?')
    expect(maskAddress(`https://x.example/${text}`)).toContain('https://x.example/')
    expect(maskText(text).length).toBeGreaterThan(0)
    expect(maskSecrets(text).length).toBeGreaterThan(0)
  })

  it('of keys without an end are masked in a file as well, and so is one key after them', () => {
    const begin = '-----BEGIN PRIVATE KEY-----'
    const whole = `${begin}\nMIIEow==\n-----END PRIVATE KEY-----\n`
    const text = `${`${begin} . `.repeat(500_000)}${whole}after`
    expect(maskSecrets(text)).not.toContain('MIIEow')
    expect(maskSecrets(text).endsWith('***\n\n\nafter')).toBe(true)
  })
})
