package org.ptuning4j.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The prompt from which a trial starts: that of another, cut to its length and layers.
 *
 * @param trial the other
 * @param epochs how far that one had come
 * @param pack its pack at that time; below the search's folder
 * @param trainSeconds what training it had taken, its own start included
 */
public record WarmStart(
    int trial, int epochs, String pack, @JsonProperty("train_seconds") double trainSeconds) {}
