package org.ptuning4j.model;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.text.TextTokenizer;

/**
 * What is odd about a model that can be used all the same: everything that opens a model looks for
 * it and says it.
 */
public final class ModelCheck {

  private final ModelFolder folder;
  private final BackboneFamilies families;

  /** A check of a folder, of one of the families. */
  public ModelCheck(ModelFolder folder, BackboneFamilies families) {
    this.folder = folder;
    this.families = families;
  }

  /**
   * What is odd about tokenizer and weights; of the weights only names and shapes are looked at.
   *
   * @return a sentence each; nothing where all is as it should be
   */
  public List<String> remarks(TextTokenizer tokenizer) {
    List<String> remarks = new ArrayList<>(ofTokenizer(tokenizer));
    remarks.addAll(families.of(folder).inspect(folder).notes());
    return remarks;
  }

  /** The same of the tokenizer alone: for those who do not load the weights. */
  public List<String> ofTokenizer(TextTokenizer tokenizer) {
    List<String> remarks = new ArrayList<>(tokenizer.notes());
    int embeddings = embeddings();
    if (tokenizer.vocabularySize() > embeddings) {
      remarks.add(
          "the tokenizer has %d tokens, and the model %d word embeddings: texts with the token '%s'%s cannot be read"
              .formatted(
                  tokenizer.vocabularySize(),
                  embeddings,
                  tokenizer.token(tokenizer.vocabularySize() - 1),
                  tokenizer.vocabularySize() == embeddings + 1 ? "" : ", among others,"));
    }
    return remarks;
  }

  /** The number of word embeddings. */
  public int embeddings() {
    return families.of(folder).spec(folder).vocabulary();
  }

  /** Which way its tokens see a text. */
  public Direction direction() {
    return families.of(folder).direction();
  }
}
