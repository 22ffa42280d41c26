// A provider that has the schema of hashicorp/aws, as far as the module uses it, and does nothing.
//
// The real one cannot be had everywhere, so `terraform validate` and `terraform test`, whose tests
// mock what a provider does, get this one. CLICKOPS_PROVIDER_SCHEMA is the folder with schema.json
// and attributes.json.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// An argument: a type, or a nested block.
type argument struct {
	Required bool   `json:"required"`
	Type     string `json:"type"`
	Block    *struct {
		Attributes map[string]argument `json:"attributes"`
		Repeated   bool                `json:"repeated"`
	} `json:"block"`
}

type arguments = map[string]argument

type schemas struct {
	Resources   map[string]arguments `json:"resources"`
	DataSources map[string]arguments `json:"data_sources"`
}

type attributes struct {
	Provider  arguments                    `json:"provider"`
	Computed  map[string]map[string]string `json:"computed"`
	WriteOnly map[string][]string          `json:"write_only"`
}

// What Terraform asks of a provider for nothing to happen. Any other request is a mistake of ours,
// and ends the program.
type provider struct {
	tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

func main() {
	schema, err := read(os.Getenv("CLICKOPS_PROVIDER_SCHEMA"))
	if err != nil {
		log.Fatal(err)
	}
	server := func() tfprotov6.ProviderServer { return &provider{schema: schema} }
	if err := tf6server.Serve("registry.terraform.io/hashicorp/aws", server); err != nil {
		log.Fatal(err)
	}
}

func read(folder string) (*tfprotov6.GetProviderSchemaResponse, error) {
	var known schemas
	if err := decode(filepath.Join(folder, "schema.json"), &known); err != nil {
		return nil, err
	}
	var more attributes
	if err := decode(filepath.Join(folder, "attributes.json"), &more); err != nil {
		return nil, err
	}
	schema := &tfprotov6.GetProviderSchemaResponse{
		ResourceSchemas:   map[string]*tfprotov6.Schema{},
		DataSourceSchemas: map[string]*tfprotov6.Schema{},
	}
	var err error
	if schema.Provider, err = more.schema("provider", more.Provider); err != nil {
		return nil, err
	}
	for name, arguments := range known.Resources {
		if schema.ResourceSchemas[name], err = more.schema(name, arguments); err != nil {
			return nil, err
		}
	}
	for name, arguments := range known.DataSources {
		if schema.DataSourceSchemas[name], err = more.schema("data."+name, arguments); err != nil {
			return nil, err
		}
	}
	return schema, nil
}

func decode(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (more attributes) schema(name string, arguments arguments) (*tfprotov6.Schema, error) {
	block, err := block(arguments)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	block.Attributes = slices.DeleteFunc(block.Attributes, func(one *tfprotov6.SchemaAttribute) bool {
		_, computed := more.Computed[name][one.Name]
		return computed
	})
	for attribute, text := range more.Computed[name] {
		kind, err := typed(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		block.Attributes = append(block.Attributes, &tfprotov6.SchemaAttribute{
			Name: attribute, Type: kind, Computed: true, Optional: arguments[attribute].Type != "",
		})
	}
	for _, attribute := range block.Attributes {
		attribute.WriteOnly = slices.Contains(more.WriteOnly[name], attribute.Name)
		attribute.Sensitive = attribute.WriteOnly
		// Whoever does not set these gets them from AWS.
		attribute.Computed = attribute.Computed || attribute.Name == "id" || attribute.Name == "region"
	}
	return &tfprotov6.Schema{Block: block}, nil
}

func block(arguments arguments) (*tfprotov6.SchemaBlock, error) {
	var block tfprotov6.SchemaBlock
	for name, argument := range arguments {
		if argument.Block == nil {
			kind, err := typed(argument.Type)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			block.Attributes = append(block.Attributes, &tfprotov6.SchemaAttribute{
				Name: name, Type: kind, Required: argument.Required, Optional: !argument.Required,
			})
			continue
		}
		nested, err := nested(name, argument)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		block.BlockTypes = append(block.BlockTypes, nested)
	}
	return &block, nil
}

func nested(name string, argument argument) (*tfprotov6.SchemaNestedBlock, error) {
	inner, err := block(argument.Block.Attributes)
	if err != nil {
		return nil, err
	}
	nested := &tfprotov6.SchemaNestedBlock{
		TypeName: name,
		Block:    inner,
		Nesting:  tfprotov6.SchemaNestedBlockNestingModeList,
	}
	if argument.Required {
		nested.MinItems = 1
	}
	if !argument.Block.Repeated {
		nested.MaxItems = 1
	}
	return nested, nil
}

func typed(text string) (tftypes.Type, error) {
	if inner, found := strings.CutPrefix(text, "list("); found {
		kind, err := typed(strings.TrimSuffix(inner, ")"))
		return tftypes.List{ElementType: kind}, err
	}
	if inner, found := strings.CutPrefix(text, "map("); found {
		kind, err := typed(strings.TrimSuffix(inner, ")"))
		return tftypes.Map{ElementType: kind}, err
	}
	kinds := map[string]tftypes.Type{
		"string": tftypes.String, "number": tftypes.Number, "boolean": tftypes.Bool,
	}
	if kind, known := kinds[text]; known {
		return kind, nil
	}
	return nil, fmt.Errorf("'%s' is no type", text)
}

func (provider *provider) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return provider.schema, nil
}

func (*provider) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (*provider) ValidateProviderConfig(
	_ context.Context, request *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (*provider) ValidateResourceConfig(
	context.Context, *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (*provider) ValidateDataResourceConfig(
	context.Context, *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return &tfprotov6.ValidateDataResourceConfigResponse{}, nil
}

func (*provider) StopProvider(
	context.Context, *tfprotov6.StopProviderRequest,
) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}
