package org.ptuning4j.spring;

import org.ptuning4j.InvalidInputException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in a sentence why an application with packs does not start, in place of a stack trace. */
final class UnusableSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidInputException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, InvalidInputException cause) {
    String message = cause.getMessage();
    int end = message.indexOf(": ");
    boolean property = message.startsWith("ptuning4j.") && end > 0;
    return new FailureAnalysis(
        message,
        property
            ? "Set the property "
                + message.substring(0, end)
                + ", or ptuning4j.enabled=false where no pack is wanted."
            : "Change what the properties ptuning4j.* name.",
        cause);
  }
}
