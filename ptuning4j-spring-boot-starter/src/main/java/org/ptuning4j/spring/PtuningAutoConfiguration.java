package org.ptuning4j.spring;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.registry.Registry;
import org.ptuning4j.registry.RegistryPacks;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.registry.TrustedKey;
import org.ptuning4j.tensor.engine.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * A model with packs as a {@link Predictor}, and a {@link Batcher} in front of it for requests of
 * many threads. An application that has beans of these types keeps its own.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "ptuning4j.enabled", havingValue = "true", matchIfMissing = true)
@EnableConfigurationProperties(PtuningProperties.class)
public final class PtuningAutoConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(PtuningAutoConfiguration.class);

  /** The registry, if the properties name one. */
  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("ptuning4j.registry.folder")
  FollowedRegistry ptuningRegistry(PtuningProperties properties) {
    PtuningProperties.Registry named = properties.registry();
    Registry.open(named.folder()); // that it is one is said before the model is read
    List<TrustedKey> keys = named.trustedKeys().stream().map(TrustedKey::read).toList();
    Trust trust = keys.isEmpty() ? Trust.anyone() : Trust.signedBy(keys);
    return new FollowedRegistry(
        new RegistryPacks(named.folder(), named.servedAlias(), trust), named.every());
  }

  /** The model with its packs. */
  @Bean
  @ConditionalOnMissingBean
  Predictor ptuningPredictor(
      PtuningProperties properties, ObjectProvider<FollowedRegistry> registries) {
    PredictorOptions options =
        PredictorOptions.standard().withPrecision(Precision.parse(properties.precision()));
    if (properties.packMemory() != null) {
      options = options.withPackBytes(properties.packMemory().toBytes());
    }
    FollowedRegistry registry = registries.getIfAvailable();
    Predictor predictor =
        Predictor.open(
            model(properties.model()), registry == null ? options : options.withSource(registry));
    try {
      properties.packs().forEach((name, folder) -> add(predictor, name, folder));
      if (registry != null) {
        registry.whenMoved(predictor::remove); // the next request takes it anew
      }
      predictor.remarks().forEach(LOG::warn);
      return predictor;
    } catch (RuntimeException e) {
      predictor.close();
      throw e;
    }
  }

  private static Path model(String name) {
    try {
      return Models.resolve(name);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("ptuning4j.model: " + e.getMessage(), e);
    }
  }

  private static void add(Predictor predictor, String name, Path folder) {
    try {
      predictor.add(name, folder);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("ptuning4j.packs." + name + ": " + e.getMessage(), e);
    }
  }

  /** Requests of many threads, answered together. */
  @Bean
  @ConditionalOnMissingBean
  Batcher ptuningBatcher(
      Predictor predictor,
      PtuningProperties properties,
      ObjectProvider<BatcherListener> listeners) {
    return Batcher.over(
        predictor,
        properties.batching().settings(),
        new BatcherListeners(listeners.orderedStream().toList()));
  }
}
