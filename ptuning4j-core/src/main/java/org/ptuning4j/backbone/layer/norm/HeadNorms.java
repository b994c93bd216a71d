package org.ptuning4j.backbone.layer.norm;

/**
 * Norms of each head's queries and keys, before they are turned to their positions (Qwen 3, Gemma
 * 3). Keys of a prefix have none.
 *
 * @param query over d
 * @param key over d
 */
public record HeadNorms(Norm query, Norm key) {}
