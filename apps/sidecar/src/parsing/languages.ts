/** Which language a file is in, told by its name (and, for scripts without an ending, by its first line). */

/** How a language is taken apart. `windows` knows no structure. */
export type Structure = 'code' | 'markdown' | 'json' | 'yaml' | 'sections' | 'notebook' | 'windows'
export type Language = { name: string; structure: Structure; grammar?: string; query?: string }

const code = (name: string, grammar = name, query = grammar): Language => ({ name, structure: 'code', grammar, query })
const plain = (name: string): Language => ({ name, structure: 'windows' })

const languages = {
  typescript: code('typescript'),
  tsx: code('tsx', 'tsx', 'typescript'),
  javascript: code('javascript'),
  python: code('python'),
  go: code('go'),
  rust: code('rust'),
  java: code('java'),
  // The C++ grammar reads C as well; where C uses a C++ keyword as a name, only that place is read as an error.
  c: code('c', 'cpp'),
  cpp: code('cpp'),
  csharp: code('csharp', 'c-sharp'),
  ruby: code('ruby'),
  php: code('php'),
  bash: code('bash'),
  powershell: code('powershell'),
  markdown: { name: 'markdown', structure: 'markdown' },
  json: { name: 'json', structure: 'json' },
  yaml: { name: 'yaml', structure: 'yaml' },
  toml: { name: 'toml', structure: 'sections' },
  ini: { name: 'ini', structure: 'sections' },
  notebook: { name: 'notebook', structure: 'notebook' },
} satisfies Record<string, Language>

const byEnding = new Map<string, Language>(
  Object.entries({
    ts: languages.typescript,
    mts: languages.typescript,
    cts: languages.typescript,
    tsx: languages.tsx,
    js: languages.javascript,
    mjs: languages.javascript,
    cjs: languages.javascript,
    jsx: languages.javascript,
    py: languages.python,
    pyi: languages.python,
    pyw: languages.python,
    go: languages.go,
    rs: languages.rust,
    java: languages.java,
    c: languages.c,
    h: languages.c,
    cc: languages.cpp,
    cpp: languages.cpp,
    cxx: languages.cpp,
    hh: languages.cpp,
    hpp: languages.cpp,
    hxx: languages.cpp,
    ino: languages.cpp,
    cs: languages.csharp,
    rb: languages.ruby,
    rake: languages.ruby,
    gemspec: languages.ruby,
    php: languages.php,
    phtml: languages.php,
    sh: languages.bash,
    bash: languages.bash,
    zsh: languages.bash,
    ksh: languages.bash,
    ps1: languages.powershell,
    psm1: languages.powershell,
    md: languages.markdown,
    markdown: languages.markdown,
    mdx: languages.markdown,
    json: languages.json,
    jsonc: languages.json,
    json5: languages.json,
    webmanifest: languages.json,
    yaml: languages.yaml,
    yml: languages.yaml,
    toml: languages.toml,
    ini: languages.ini,
    cfg: languages.ini,
    conf: languages.ini,
    editorconfig: languages.ini,
    properties: languages.ini,
    ipynb: languages.notebook,
    ...Object.fromEntries(
      [
        'html',
        'css',
        'scss',
        'less',
        'sql',
        'vue',
        'svelte',
        'kt',
        'swift',
        'scala',
        'lua',
        'dart',
        'xml',
        'rst',
        'tex',
      ]
        .concat(['ex', 'exs', 'erl', 'hs', 'clj', 'jl', 'r', 'zig', 'nix', 'tf', 'proto', 'graphql', 'csv', 'svg'])
        .map((ending) => [ending, plain(ending)]),
    ),
  }),
)

const byName = new Map<string, Language>(
  Object.entries({
    dockerfile: plain('dockerfile'),
    makefile: plain('makefile'),
    gemfile: languages.ruby,
    rakefile: languages.ruby,
    '.bashrc': languages.bash,
    '.bash_profile': languages.bash,
    '.profile': languages.bash,
    '.zshrc': languages.bash,
    '.gitconfig': languages.ini,
    '.npmrc': languages.ini,
    '.prettierrc': languages.json,
    '.swcrc': languages.json,
  }),
)

const byInterpreter: [RegExp, Language][] = [
  [/\b(ba|z|k|da)?sh\b/, languages.bash],
  [/\bpython/, languages.python],
  [/\b(node|deno|bun)\b/, languages.javascript],
  [/\bruby\b/, languages.ruby],
  [/\bphp\b/, languages.php],
]

/** The language of a file; `text` in plain windows where the name says nothing. */
export const languageOf = (name: string, text: string): Language => {
  const file = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase()
  const dot = file.lastIndexOf('.')
  const known = byName.get(file) ?? (dot === -1 ? undefined : byEnding.get(file.slice(dot + 1)))
  if (known) return known
  if (text.startsWith('#!')) {
    const line = text.slice(0, 200).split('\n', 1)[0] ?? ''
    for (const [pattern, language] of byInterpreter) if (pattern.test(line)) return language
  }
  return plain('text')
}
