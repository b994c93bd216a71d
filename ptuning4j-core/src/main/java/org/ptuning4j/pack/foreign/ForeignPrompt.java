package org.ptuning4j.pack.foreign;

import java.util.List;
import java.util.Map;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * What another program saved, read as far as its own files tell.
 *
 * @param name what to call it, from its folder
 * @param method the method here that trains the like
 * @param prompt the prompt; the caller closes it
 * @param description what a pack says of the prompt
 * @param outputs what it answers with
 * @param layouts how its program's classifiers are
 * @param source what the head's tensors are read from
 * @param head the tensors beside the prompt's: transformers' names, each with the source's
 * @param segments whether two texts have token types of their own
 * @param labels the configuration that may name the labels
 * @param origin where it comes from, for the pack's provenance
 */
public record ForeignPrompt(
    String name,
    String method,
    TrainedPrompt prompt,
    Map<String, Object> description,
    OutputKind outputs,
    List<HeadLayout> layouts,
    TensorSource source,
    Map<String, String> head,
    boolean segments,
    ModelConfig labels,
    Map<String, Object> origin) {}
