import { describe, expect, it } from 'vitest';
import { parseLicense } from './license.js';

const deed = (path: string): string => `https://creativecommons.org/licenses/${path}/`;

describe('parseLicense', () => {
  it.each([
    ['CC BY-SA 4.0', 'CC-BY-SA-4.0'],
    ['CC BY SA 4.0', 'CC-BY-SA-4.0'],
    ['cc-by-sa-4.0', 'CC-BY-SA-4.0'],
    ['CC-BY-SA-4.0', 'CC-BY-SA-4.0'],
    ['CCBY4.0', 'CC-BY-4.0'],
    ['CC-BY4.0', 'CC-BY-4.0'],
    ['ccbysa 3.0', 'CC-BY-SA-3.0'],
    ['cc-by-2.0', 'CC-BY-2.0'],
    ['by-sa 2.0', 'CC-BY-SA-2.0'],
    ['Attribution-ShareAlike 3.0 Unported', 'CC-BY-SA-3.0'],
    ['Creative Commons Attribution-Share Alike 4.0 International', 'CC-BY-SA-4.0'],
    ['Creative Commons Attribution 2.0 Generic (CC BY 2.0)', 'CC-BY-2.0'],
    [
      'This file is licensed under the Creative Commons Attribution-Share Alike 3.0 Unported license.',
      'CC-BY-SA-3.0',
    ],
    ['CC BY 2.5 au', 'CC-BY-2.5-AU'],
    ['CC BY-SA 2.0 de', 'CC-BY-SA-2.0-DE'],
    ['CC BY-SA 3.0 igo', 'CC-BY-SA-3.0-IGO'],
    ['CC BY-SA 2.1 jp', 'CC-BY-SA-2.1-JP'],
    ['Attribution-ShareAlike 2.0 Germany', 'CC-BY-SA-2.0-DE'],
    ['CC BY-SA 2.0 England and Wales', 'CC-BY-SA-2.0-UK'],
    ['CC BY 2.5 in', 'CC-BY-2.5-IN'],
    ['CC-BY-SA-3.0-migrated', 'CC-BY-SA-3.0'],
    ['cc-by-sa-3.0-migrated-with-disclaimers', 'CC-BY-SA-3.0'],
    ['CC BY-SA 3.0 or later', 'CC-BY-SA-3.0'],
    ['CC BY-SA 2.0+', 'CC-BY-SA-2.0'],
    ['CC BY-SA 4.0,3.0,2.5,2.0,1.0', 'CC-BY-SA-4.0'],
    ['CC BY-SA 1.0', 'CC-BY-SA-1.0'],
    ['CC BY-NC-ND 2.0', 'CC-BY-NC-ND-2.0'],
    ['CC BY-ND-NC 1.0', 'CC-BY-NC-ND-1.0'],
    ['CC-BY-NC-SA-3.0', 'CC-BY-NC-SA-3.0'],
    ['Attribution-NonCommercial-NoDerivs 2.0 Generic', 'CC-BY-NC-ND-2.0'],
    ['Attribution-NoDerivatives 4.0', 'CC-BY-ND-4.0'],
    ['Attribution-Non-Commercial 4.0', 'CC-BY-NC-4.0'],
    ['CC SA 1.0', 'CC-SA-1.0'],
    ['CC0', 'CC0-1.0'],
    ['CC0 1.0', 'CC0-1.0'],
    ['cc-zero', 'CC0-1.0'],
    ['Creative Commons Zero', 'CC0-1.0'],
    ['CC0 1.0 Universal', 'CC0-1.0'],
    ['Public domain', 'PD'],
    ['PD', 'PD'],
    ['pd-old-100', 'PD'],
    ['PD-USGov-NASA', 'PD'],
    ['Public Domain Mark 1.0', 'PD'],
    ['No restrictions', 'PD'],
    ['No known copyright restrictions', 'PD'],
    ['MIT', 'MIT'],
    ['Expat', 'MIT'],
    ['BSD-3-Clause', 'BSD-3-Clause'],
    ['3-clause BSD license', 'BSD-3-Clause'],
    ['BSD-2-Clause', 'BSD-2-Clause'],
    ['Apache-2.0', 'Apache-2.0'],
    ['Apache License, Version 2.0', 'Apache-2.0'],
    ['GFDL', 'GFDL'],
    ['GFDL 1.2 or later', 'GFDL'],
    ['GNU Free Documentation License', 'GFDL'],
    ['GPL-3.0-or-later', 'GPL'],
    ['GPLv2+', 'GPL'],
    ['AGPL-3.0', 'AGPL'],
    ['LGPL-2.1', 'LGPL'],
    ['FAL', 'FAL'],
    ['Free Art License 1.3', 'FAL'],
  ])('reads "%s" as %s', (text, id) => {
    expect(parseLicense(text).id).toBe(id);
  });

  it.each([
    [deed('by-sa/4.0'), 'CC-BY-SA-4.0'],
    ['http://creativecommons.org/licenses/by/2.0/', 'CC-BY-2.0'],
    ['//creativecommons.org/licenses/by/2.5/au', 'CC-BY-2.5-AU'],
    ['https://www.creativecommons.org/licenses/by-nc-nd/3.0/deed.fr', 'CC-BY-NC-ND-3.0'],
    ['https://creativecommons.org/licenses/by-nd-nc/1.0/', 'CC-BY-NC-ND-1.0'],
    ['https://creativecommons.org/licenses/by-sa/2.0/de/legalcode', 'CC-BY-SA-2.0-DE'],
    ['https://creativecommons.org/publicdomain/zero/1.0/deed.en', 'CC0-1.0'],
    ['https://creativecommons.org/publicdomain/mark/1.0/', 'PD'],
    ['https://creativecommons.org/licenses/publicdomain/', 'PD'],
  ])('reads the address %s, given as text or beside it', (address, id) => {
    expect(parseLicense(address).id).toBe(id);
    expect(parseLicense('', address).id).toBe(id);
  });

  it.each([
    [''],
    ['All rights reserved'],
    ['Fair use'],
    ['CC'],
    ['CC BY'],
    ['CC BY-SA'],
    ['CC BY 9.0'],
    ['CC BY-SA-ND 2.0'],
    ['CC BY 4.0, editorial use only'],
    ['CC BY 4.0 | All rights reserved'],
    ['CC BY 4.0 / no commercial use'],
    ['CC BY 4.0 / editorial use only'],
    ['CC BY 4.0 or as agreed with me'],
    ['CC BY 2.0 or later / ND'],
    ['MIT / no AI use'],
    ['CC0/by prior arrangement'],
    ['CC BY 4.0 | © Ann. Not in print'],
    ['CC BY 4.0 | © Personal Use Only'],
    ['CC BY 4.0 | Ann'],
    ['© 2020 Ann | own work'],
    ['CC BY 4.0 | https://creativecommons.org/licenses/by-nc/4.0/'],
    ['CC BY 4.0 | https://creativecommons.org/licenses/sampling+/1.0/'],
    ['CC BY 4.0 | https://example.org/terms'],
    ['https://creativecommons.org/licenses/by/4.0/ / no AI use'],
    ['not in the public domain'],
    ['Public domain for schools only'],
    ['Copyrighted free use'],
    ['CC Sampling Plus 1.0'],
    ['CC0 BY 4.0'],
    ['BSD'],
    ['Photo by Ann'],
    ['https://creativecommons.org/licenses/sampling+/1.0/'],
    ['https://creativecommons.org.example.com/licenses/by/4.0/'],
  ])('does not claim to understand "%s", and keeps the text', (text) => {
    expect(parseLicense(text)).toEqual({ id: 'UNKNOWN', name: text, url: '' });
  });

  it.each([
    ['CC BY-SA 3.0 or GFDL', 'CC-BY-SA-3.0'],
    ['GFDL or CC-BY-SA-3.0 or CC-BY-2.5', 'CC-BY-2.5'],
    ['GFDL and CC BY-SA 3.0', 'CC-BY-SA-3.0'],
    ['GFDL, CC-BY-SA-3.0', 'CC-BY-SA-3.0'],
    ['CC BY-NC 4.0 | CC BY-SA 4.0', 'CC-BY-SA-4.0'],
    ['PD/CC0', 'PD'],
    ['GFDL 1.2 or later / CC BY-SA 3.0', 'CC-BY-SA-3.0'],
    ['GFDL or CC BY-SA 3.0 or any later version', 'CC-BY-SA-3.0'],
    ['GFDL, CC BY-SA 3.0 or CC BY 2.5', 'CC-BY-2.5'],
    ['CC BY-SA 2.0 England and Wales / GFDL', 'CC-BY-SA-2.0-UK'],
  ])('takes the least restrictive of a choice: "%s"', (text, id) => {
    expect(parseLicense(text).id).toBe(id);
  });

  it.each([
    ['own work | CC BY-SA 4.0', 'CC-BY-SA-4.0'],
    ['© Ann / CC BY 4.0', 'CC-BY-4.0'],
    ['CC BY 4.0 | (c) 2019-2021 Ann van der Berg', 'CC-BY-4.0'],
    ['CC BY 4.0 | Copyright © 2020 by A. Smith & Sons', 'CC-BY-4.0'],
    ['© 写真 | CC0 |', 'CC0-1.0'],
    ['CC BY 4.0 | https://creativecommons.org/licenses/by/4.0/', 'CC-BY-4.0'],
  ])('passes over whose photo it is and where the license lies: "%s"', (text, id) => {
    expect(parseLicense(text).id).toBe(id);
  });

  it('does not take "and" between Creative Commons licenses for a choice', () => {
    expect(parseLicense('CC BY 4.0 and CC BY-NC-ND 4.0').id).toBe('UNKNOWN');
  });

  it('lets the address fill in what the name leaves out', () => {
    expect(parseLicense('CC BY-SA', deed('by-sa/3.0')).id).toBe('CC-BY-SA-3.0');
    expect(parseLicense('CC BY 2.5', deed('by/2.5/au')).id).toBe('CC-BY-2.5-AU');
    expect(parseLicense('Namensnennung 2.0', deed('by/2.0')).id).toBe('CC-BY-2.0');
    expect(parseLicense('Public domain', 'https://creativecommons.org/publicdomain/zero/1.0/').id).toBe(
      'CC0-1.0',
    );
  });

  it('understands neither when name and address contradict each other', () => {
    expect(parseLicense('CC BY 2.0', deed('by-sa/2.0')).id).toBe('UNKNOWN');
    expect(parseLicense(`CC BY-SA 2.0 | ${deed('by/2.0')}`, deed('by/2.0')).id).toBe('UNKNOWN');
    expect(parseLicense('CC BY 2.0', deed('by/4.0')).id).toBe('UNKNOWN');
    expect(parseLicense('All rights reserved', deed('by/2.0')).id).toBe('UNKNOWN');
    for (const condition of [
      ', non-commercial only',
      ' / no commercial use',
      ' | editorial use only',
      ' / no AI',
      ' / for schools',
    ])
      expect(parseLicense(`CC BY 4.0${condition}`, deed('by/4.0')).id).toBe('UNKNOWN');
  });

  it('gives the name people write and the address of the text', () => {
    expect(parseLicense('cc-by-2.5-au')).toEqual({
      id: 'CC-BY-2.5-AU',
      name: 'CC BY 2.5 AU',
      url: 'https://creativecommons.org/licenses/by/2.5/au/',
    });
    expect(parseLicense('cc-by-nc-sa-4.0').name).toBe('CC BY-NC-SA 4.0');
    expect(parseLicense('pd')).toEqual({ id: 'PD', name: 'Public domain', url: '' });
  });

  it('reads its own names and addresses back', () => {
    for (const text of [
      'CC BY 1.0',
      'CC BY-SA 2.1 JP',
      'CC BY-NC-ND 3.0',
      'CC0',
      'PD',
      'MIT',
      'GFDL',
      'FAL',
      'GPL',
    ]) {
      const license = parseLicense(text);
      expect(parseLicense(license.name, license.url)).toEqual(license);
    }
  });
});
