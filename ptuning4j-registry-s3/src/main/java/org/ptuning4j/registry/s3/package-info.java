/** A registry in a bucket of S3, or of a store with its interface. */
package org.ptuning4j.registry.s3;
