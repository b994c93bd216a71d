package org.ptuning4j.backbone.layer.norm;

/**
 * Norms of what the parts of a layer give, before it is added to their input (Gemma 2 and 3).
 *
 * @param attention of what attention gives
 * @param feedForward of what the feed-forward network gives
 */
public record OutputNorms(Norm attention, Norm feedForward) {}
