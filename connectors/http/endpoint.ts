// biome-ignore-start lint/suspicious/noTemplateCurlyInString: a placeholder that users write.
/** Stands for the topic in the configured URL. */
const topicPlace = '${topic}';

/** Why a configured URL cannot be used; undefined when it can. The text may hold a password: it is not quoted. */
export function endpointProblem(template: string): string | undefined {
  const [one, other] = ['a', 'b'].map((topic) => parse(template.replaceAll(topicPlace, topic)));
  if (one === undefined || other === undefined) return 'url is not a URL such as https://host/path.';
  if (one.protocol !== 'http:' && one.protocol !== 'https:') {
    return `url begins with ${one.protocol}, which is not allowed: use http or https.`;
  }
  if (one.username !== '' || one.password !== '') {
    return 'url has a user or password in it: use connection.user and connection.password.';
  }
  if (one.origin !== other.origin) return 'url may have ${topic} in its path or query only.';
  const unknown = /\$\{[^}]*\}?/.exec(template.replaceAll(topicPlace, ''));
  return unknown === null
    ? undefined
    : `url has the unknown placeholder ${unknown[0]}: only \${topic} is known.`;
}

/** The URL for records of a topic; undefined when the topic is not a legal name, and so could lead elsewhere. */
export function endpointOf(template: string, topic: string): URL | undefined {
  if (!template.includes(topicPlace)) return parse(template);
  const isLegal = /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
  return isLegal ? parse(template.replaceAll(topicPlace, topic)) : undefined;
}

/** Some URL of the endpoint, to try the connection with. */
export function sampleEndpoint(template: string): URL {
  return new URL(template.replaceAll(topicPlace, 'check'));
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: a placeholder that users write.
