/**
 * Text that decoders go on writing: greedily, by sampling, or by beam search, in batches of rows
 * with different prompts.
 *
 * <pre>
 * Generator ── batches of rows ──▶ CachedNextTokens (backbone, prompt, keys and values so far)
 *     │                                 ▲ advance(parents, tokens)   │ scores [R, V]
 *     └── SampledSearch, BeamSearch ────┘◀──────────────────────────┘
 * </pre>
 */
package org.ptuning4j.generate;
