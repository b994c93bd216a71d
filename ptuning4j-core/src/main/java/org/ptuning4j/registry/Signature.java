package org.ptuning4j.registry;

/**
 * A signature over a version's {@code version.json}, and so over the hashes of all its files.
 *
 * @param algorithm always {@code Ed25519}
 * @param key the id of the key
 * @param signature in Base64
 */
record Signature(String algorithm, String key, String signature) {}
