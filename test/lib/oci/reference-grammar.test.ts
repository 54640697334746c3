import { describe, expect, it } from 'vitest'
import { parseRepository } from '../../../lib/oci/reference.ts'

describe('the reference of a repository', () => {
  it.each([
    ['registry.example.com/app', 'registry.example.com', 'app'],
    ['registry.example.com:5000/team/app', 'registry.example.com:5000', 'team/app'],
    ['localhost/app', 'localhost', 'app'],
    ['host:5000/a.b_c__d---e/f0', 'host:5000', 'a.b_c__d---e/f0'],
    ['[::1]:5000/app', '[::1]:5000', 'app'],
  ])('%s names host and repository', (text, host, repository) => {
    expect(parseRepository(text)).toEqual({ host, repository })
  })

  it.each([
    ['app'],
    ['/app'],
    ['team/app'],
    ['registry.example.com/'],
    ['registry.example.com/App'],
    ['registry.example.com/a..b'],
    ['registry.example.com/a___b'],
    ['registry.example.com/-a'],
    ['registry.example.com/a-'],
    ['registry.example.com/a//b'],
    ['registry.example.com/a/'],
    ['registry.example.com/../a'],
    ['registry.example.com:x/app'],
    ['registry.example.com:/app'],
    ['user@registry.example.com/app'],
    ['https://registry.example.com/app'],
    ['registry.example.com/app:v1'],
    ['x[::1]/app'],
    ['[::1]x/app'],
    [''],
  ])('"%s" is none', (text) => {
    expect(() => parseRepository(text)).toThrow(/^repository: /)
  })

  it.each(['docker.io', 'index.docker.io'])('%s is not the address of a registry', (host) => {
    expect(() => parseRepository(`${host}/team/app`)).toThrow(
      `repository: ${host} is not the address of a registry; write registry-1.docker.io/NAMESPACE/NAME`,
    )
  })
})
