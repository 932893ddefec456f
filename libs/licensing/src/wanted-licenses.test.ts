import { describe, expect, it } from 'vitest';
import { LicenseNameError, wantedLicenses } from './wanted-licenses.js';

describe('wantedLicenses', () => {
  it('takes families and licenses in the spellings people type', () => {
    expect(
      wantedLicenses(['cc0', 'pd', 'CC BY', 'cc-by-sa', 'CC BY 4.0', 'cc-by-2.5-au', 'BSD-3-Clause']),
    ).toEqual(['CC0', 'PD', 'CC-BY', 'CC-BY-SA', 'CC-BY-4.0', 'CC-BY-2.5-AU', 'BSD-3-Clause']);
    expect(wantedLicenses([])).toEqual([]);
  });

  it('names the license it does not understand', () => {
    expect(() => wantedLicenses(['cc-by', 'free stuff'])).toThrow(LicenseNameError);
    expect(() => wantedLicenses(['free stuff'])).toThrow(/for licenses but received "free stuff"/);
  });
});
