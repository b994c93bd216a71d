package org.example.extending;

import java.util.List;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptMethodProvider;

/** Named in {@code META-INF/services/org.ptuning4j.prompt.PromptMethodProvider}. */
public final class ReviewMethods implements PromptMethodProvider {

  @Override
  public List<MethodDeclaration> methods() {
    return List.of(TiedPrefix.DECLARATION);
  }
}
