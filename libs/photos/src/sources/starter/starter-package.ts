/** A photo that a package carries, with everything its credit needs. */
export interface StarterPhoto {
  /** Path within the set's folder. */
  file: string;
  title: string;
  /** What it shows. */
  description: string;
  author: string;
  /** As people write it, such as "CC BY-SA 4.0". */
  license: string;
  /** Page of the photo, or of whoever published it. */
  sourceUrl: string;
  /** Subject words, comma separated. */
  categories: string;
  /** Changes made before it came into the package. */
  changes?: string;
  /** Of its bytes, lower-case hex. */
  sha256: string;
}

/** Photos that lie together in a package. */
export interface PhotoSet {
  /** Sets photos of equal file names apart. */
  name: string;
  /** Qt resource container within the package that holds the folder; absent: the package itself. */
  container?: string;
  folder: string;
  photos: readonly StarterPhoto[];
}

/** A package that carries photos: a Python wheel or a Debian package. */
export interface StarterPackage {
  name: string;
  kind: 'wheel' | 'deb';
  /** Exact version of a wheel; of Debian packages every release has its own. */
  version?: string;
  sets: readonly PhotoSet[];
}
