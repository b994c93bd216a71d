package org.ptuning4j.train;

import java.util.Map;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.task.SequenceClassificationTask;

/**
 * What a run is made of.
 *
 * @param config how it trains
 * @param run where its files go
 * @param folder the model
 * @param backbone the model, loaded
 * @param task the task with its labels
 * @param train what is trained on
 * @param dev what is evaluated on
 * @param fingerprints of model and data
 * @param skippedRows bad rows left out
 */
record RunParts(
    TrainingConfig config,
    RunFolder run,
    ModelFolder folder,
    Backbone backbone,
    SequenceClassificationTask task,
    EncodedTexts train,
    EncodedTexts dev,
    Map<String, Object> fingerprints,
    int skippedRows) {}
